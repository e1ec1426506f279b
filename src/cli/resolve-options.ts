import { failure } from '../errors.ts';
import { factsOf, type OptionFacts, type OptionsOf, type OptionTable } from './option-table.ts';

/** Where options may come from; the first that has one decides. */
export interface OptionSources {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file: ConfigFile;
  /** The options of all commands: file and environment serve them all, so they may hold what is meant for another one. */
  readonly others: () => Promise<readonly OptionTable[]>;
}

export interface ConfigFile {
  /** For errors. */
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
}

interface Given {
  /** How the user knows it: the flag, the variable, the key of the file. */
  readonly source: string;
  /** For this command and no other. */
  readonly isFlag: boolean;
  readonly value: unknown;
}

/** Takes flags before variables before the config file before defaults. Throws SETTING_INVALID, which names all faults. */
export async function resolveOptions<T extends OptionTable>(table: T, sources: OptionSources): Promise<OptionsOf<T>> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const facts of factsOf(table)) {
    const given = find(facts, sources);
    const result = parse(table, facts, given);
    if (result?.success === true) values[facts.name] = result.data;
    else if (given !== undefined && !given.isFlag && (await isOfAnother(facts.name, given, sources)))
      values[facts.name] = parse(table, facts, undefined)?.data;
    else problems.push(problem(facts, given, result?.error.issues[0]?.message ?? ''));
  }
  if (problems.length > 0) throw failure('SETTING_INVALID', { problems: problems.join('; ') });
  // Each value has just been parsed by the schema of its name.
  return values as OptionsOf<T>;
}

function parse(table: OptionTable, facts: OptionFacts, given: Given | undefined) {
  return table[facts.name]?.safeParse(given && typed(facts, given.value));
}

/** True where another command has an option of that name which takes the value. */
async function isOfAnother(name: string, given: Given, { others }: OptionSources): Promise<boolean> {
  return (await others()).some((table) =>
    factsOf(table).some((facts) => facts.name === name && parse(table, facts, given)?.success === true),
  );
}

function find({ name, flag, env }: OptionFacts, { flags, env: variables, file }: OptionSources): Given | undefined {
  if (flags[name] !== undefined) return { source: flag, isFlag: true, value: flags[name] };
  // An empty variable counts as none, as is the custom.
  if (variables[env]) return { source: env, isFlag: false, value: variables[env] };
  if (file.values[name] !== undefined)
    return { source: `${name} in ${file.path}`, isFlag: false, value: file.values[name] };
  return undefined;
}

const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  false: false,
  '0': false,
  no: false,
};

/** Texts of flags and variables as what they mean. What means nothing is left as it is, for the schema to refuse. */
function typed({ isBoolean, isText }: OptionFacts, value: unknown): unknown {
  if (isText) return typeof value === 'number' ? String(value) : value;
  // Coercion would take these for numbers.
  if (value === '' || value === null || Array.isArray(value)) return Number.NaN;
  if (!isBoolean) return typeof value === 'boolean' ? Number.NaN : value;
  return typeof value === 'string' ? (WORDS[value] ?? value) : value;
}

function problem({ expected, flag }: OptionFacts, given: Given | undefined, message: string): string {
  if (given === undefined) return `${flag} is missing`;
  const shown = JSON.stringify(given.value) ?? String(given.value);
  return `${given.source} is ${shown}${expected === undefined ? `: ${message}` : `, but must be ${expected}`}`;
}
