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
  /** What the value must be, in words; undefined where the schema's own message says it. */
  readonly expected: string | undefined;
  /** What stands for the value in help; empty for a boolean. */
  readonly value: string;
  readonly description: string;
  readonly default: unknown;
}

interface Described {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly value?: string;
  readonly minimum?: number;
  readonly maximum?: number;
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
      expected: expectation(described),
      default: described.default,
    };
  });
}

function expectation({ type, enum: choices, minimum, maximum }: Described): string | undefined {
  if (choices !== undefined) return choices.join(' or ');
  if (type === 'boolean') return 'true or false';
  if (type !== 'integer' && type !== 'number') return undefined;
  const from = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? '' : ` from ${minimum}`;
  const to = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`;
  return `a ${type === 'integer' ? 'whole number' : 'number'}${from}${to}`;
}

function placeholder({ type }: Described): string {
  return type === 'integer' || type === 'number' ? 'N' : 'TEXT';
}

function words(name: string): string[] {
  return name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}
