import { z } from 'zod';

/**
 * Options by their names in camelCase. Each row is a schema with its meaning as description, and in its meta data
 * `value`, what to write for the value in help. From it come the flag `--data-dir DIR`, the variable
 * `MILLRACE_DATA_DIR`, the key `dataDir` of the config file, help and checks.
 */
export type OptionTable = Readonly<Record<string, z.ZodType>>;

/** The values of a table, checked, with defaults. */
export type OptionsOf<T extends OptionTable> = { readonly [Name in keyof T]: z.output<T[Name]> };

/** What is to be said of an option. */
export interface OptionFacts {
  readonly name: string;
  /** `--data-dir` */
  readonly flag: string;
  /** `MILLRACE_DATA_DIR` */
  readonly env: string;
  readonly isBoolean: boolean;
  readonly isText: boolean;
  /** What stands for the value in help; empty for a boolean. */
  readonly value: string;
  readonly description: string;
  readonly choices: readonly string[] | undefined;
  readonly default: unknown;
}

interface Described {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly value?: string;
}

/** The facts of each option of a table, in its order. */
export function factsOf(table: OptionTable): OptionFacts[] {
  return Object.entries(table).map(([name, schema]) => {
    // The row's own meta data stands in its JSON schema.
    const described = z.toJSONSchema(schema, { io: 'input' }) as Described;
    const isBoolean = described.type === 'boolean';
    return {
      name,
      flag: `--${words(name).join('-')}`,
      env: `MILLRACE_${words(name).join('_').toUpperCase()}`,
      isBoolean,
      isText: described.type === 'string' && described.enum === undefined,
      value: isBoolean ? '' : (described.value ?? described.enum?.join('|') ?? placeholder(described)),
      description: described.description ?? '',
      choices: described.enum,
      default: described.default,
    };
  });
}

function placeholder({ type }: Described): string {
  return type === 'integer' || type === 'number' ? 'N' : 'TEXT';
}

function words(name: string): string[] {
  return name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}
