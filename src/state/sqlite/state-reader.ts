import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { failure } from '../../errors.ts';
import type { SqlValue } from '../../serde/serde.ts';
import { nearest } from '../../util/nearest.ts';
import { isMarksName } from '../marks-name.ts';
import { FileReader, type PlainRow, type TextRange } from './file-reader.ts';
import { withJoinedFiles } from './joined-files.ts';
import { mergedSources } from './merged-sources.ts';
import { runSql, type SqlResult } from './sql-query.ts';
import { liveColumns, type StoredColumn, type StoredSide, type StoreLayout } from './store-layout.ts';

export interface StoreInfo {
  readonly name: string;
  readonly key: readonly ColumnInfo[];
  readonly value: readonly ColumnInfo[];
  readonly rows: number;
}

export interface ColumnInfo {
  /** The field of the key or value; `key` or `value` where that is one column as a whole. */
  readonly field: string;
  /** Its name in SQL. */
  readonly column: string;
  readonly type: StoredColumn['type'];
}

/** Reads committed state without the topology, also while a worker writes it. The worker is never blocked. */
export class StateReader {
  readonly #files: readonly FileReader[];
  readonly #path: string;

  constructor(files: readonly FileReader[], path: string) {
    this.#files = files;
    this.#path = path;
  }

  stores(): readonly StoreInfo[] {
    return this.#storeNames().flatMap((name) => {
      const having = this.#having(name);
      const rows = having.reduce((sum, [file]) => sum + file.rowCount(name), 0);
      return having
        .slice(0, 1)
        .map(([, { key, value }]) => ({ name, key: columnInfo(key), value: columnInfo(value), rows }));
    });
  }

  /**
   * The row of a key: the key itself where it is one value, else a JSON object. Throws STORE_UNKNOWN and
   * STORE_KEY_INVALID.
   */
  get(store: string, key: string): PlainRow | undefined {
    for (const [file, layout] of this.#having(store)) {
      const row = file.get(layout, key);
      if (row !== undefined) return row;
    }
    return undefined;
  }

  /** Rows in key order, of all partitions, as they were when the iteration began. Throws as `get`. */
  *range(store: string, query: TextRange = {}): Generator<PlainRow, void, undefined> {
    let left = query.limit ?? Number.POSITIVE_INFINITY;
    const having = this.#having(store);
    for (const [file] of having) file.beginSnapshot();
    try {
      const sources = having.flatMap(([file, layout]) => file.ranges(layout, query));
      for (const row of mergedSources(sources, query.reverse === true)) {
        if (left-- <= 0) return;
        yield row;
      }
    } finally {
      for (const [file] of having) file.endSnapshot();
    }
  }

  /** Runs one SELECT over the tables of the stores. Throws SQL_INVALID. */
  sql(text: string, params: readonly SqlValue[] = []): SqlResult {
    const request = { text, params, path: this.#path, stores: this.#storeNames() };
    const [only] = this.#files;
    if (only !== undefined && this.#files.length === 1 && !hasAway(only)) return runSql(only.db, request);
    return withJoinedFiles(this.#files, (db) => runSql(db, request));
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  #storeNames(): string[] {
    const names = this.#files.flatMap((file) => file.storeNames());
    return [...new Set(names)].filter((name) => !isMarksName(name)).sort();
  }

  /** The files that have a store. Throws STORE_UNKNOWN where none has it. */
  #having(store: string): (readonly [FileReader, StoreLayout])[] {
    const having = this.#files.flatMap((file) => {
      const layout = file.layout(store);
      return layout === undefined ? [] : [[file, layout] as const];
    });
    if (having.length === 0) throw failure('STORE_UNKNOWN', { store, hint: storeHint(store, this.#storeNames()) });
    return having;
  }
}

/** Opens one state file. Throws STATE_FILE_MISSING, STATE_FILE_FOREIGN, STATE_FILE_NEWER, STATE_FILE_DAMAGED. */
export function openStateReader(path: string): StateReader {
  return new StateReader([new FileReader(path)], path);
}

/** Opens all state files (`*.db`) of a directory, one a thread, to be read as one. Throws as `openStateReader`. */
export function openStateReaders(directory: string): StateReader {
  const opened: FileReader[] = [];
  try {
    for (const path of stateFiles(directory)) opened.push(new FileReader(path));
    return new StateReader(opened, directory);
  } catch (error) {
    for (const file of opened) file.close();
    throw error;
  }
}

function stateFiles(directory: string): string[] {
  const names = listed(directory).filter((name) => name.endsWith('.db'));
  if (names.length === 0) throw failure('STATE_FILE_MISSING', { path: resolve(directory, '*.db') });
  return names.sort().map((name) => resolve(directory, name));
}

function listed(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Then its tables hold more than is to be shown. */
function hasAway(file: FileReader): boolean {
  return file.storeNames().some((store) => file.away(store).length > 0);
}

function columnInfo(side: StoredSide): ColumnInfo[] {
  return liveColumns(side).map(({ field, name, type }) => ({ field, column: name, type }));
}

function storeHint(store: string, stores: readonly string[]): string {
  if (stores.length === 0) return 'There are no stores yet: run a worker first.';
  const meant = nearest(store, stores);
  return `${meant === undefined ? '' : `Did you mean '${meant}'? `}The stores are: ${stores.join(', ')}.`;
}
