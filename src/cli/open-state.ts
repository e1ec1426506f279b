/** Which state a command reads: applications have a folder each. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../errors.ts';
import { openStateReaders, type StateReader } from '../state/sqlite/state-reader.ts';
import { nearest } from '../util/nearest.ts';
import type { GlobalOptions } from './command.ts';
import { stateDirOf } from './engine.ts';

export interface StateChoice {
  readonly applicationId: string | undefined;
  /** The store that is asked for. */
  readonly store?: string;
  /** The question, which names stores. */
  readonly sql?: string;
}

/**
 * Opens the state of an application to read; where none is named, of the only one there is, or of the only one that has
 * the store, or one that the SQL names. Throws STATE_FILE_MISSING, SETTING_INVALID where there are several.
 */
export function openState(settings: GlobalOptions, choice: StateChoice): StateReader {
  const directory = stateDirOf(settings);
  const applicationId = choice.applicationId ?? chosen(directory, choice) ?? '*';
  return openStateReaders(join(directory, applicationId));
}

function chosen(directory: string, { store, sql }: StateChoice): string | undefined {
  const stores = new Map(applicationsIn(directory).map((id) => [id, storesOf(join(directory, id))]));
  const having = (names: ReadonlySet<string | undefined>): string[] =>
    [...stores].filter(([, own]) => own.some((name) => names.has(name.toLowerCase()))).map(([id]) => id);
  const meant = having(sql === undefined ? new Set([store?.toLowerCase()]) : namesIn(sql));
  if (meant.length === 0 && store !== undefined) {
    // The error then tells the stores where the right one is, most likely.
    const near = nearest(store, [...stores.values()].flat());
    return [...having(new Set([near?.toLowerCase()])), ...stores.keys()][0];
  }
  const left = meant.length === 0 ? [...stores.keys()] : meant;
  if (left.length < 2) return left[0];
  const problems = `there is state of several applications, so choose one: --application-id ${left.join(' or ')}`;
  throw failure('SETTING_INVALID', { problems });
}

/** What may be names of tables in SQL. */
function namesIn(sql: string): ReadonlySet<string> {
  const tokens = sql.toLowerCase().match(/"(?:[^"]|"")+"|\w+/g) ?? [];
  return new Set(tokens.map((token) => (token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token)));
}

function applicationsIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => name)
    .filter((name) => readdirSync(join(directory, name)).some((file) => file.endsWith('.db')))
    .sort();
}

function storesOf(directory: string): string[] {
  const reader = openStateReaders(directory);
  try {
    return reader.stores().map(({ name }) => name);
  } finally {
    reader.close();
  }
}
