import { basename } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { SqlValue } from '../../serde/serde.ts';
import { type RangeBounds, textPrefix } from '../range-bounds.ts';
import type { Entry } from '../store.ts';
import { partitionsOf, readAway, shown } from './away.ts';
import { readLayout, readStoreNames } from './catalogue.ts';
import { openDatabaseToRead } from './database.ts';
import { parseKeyText } from './key-text.ts';
import { PagedRange, readPage } from './paged-range.ts';
import { type Plain, renderSide } from './rendering.ts';
import { quoted } from './sql-text.ts';
import { readFailure } from './sqlite-failure.ts';
import { StoreStatements } from './statements.ts';
import type { StoreLayout } from './store-layout.ts';

/** Bounds as someone typed them. */
export interface TextRange {
  /** Inclusive. */
  readonly from?: string;
  /** Inclusive. */
  readonly to?: string;
  readonly prefix?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** A row as JSON can show it. */
export interface PlainRow {
  readonly key: Plain;
  readonly value: Plain;
  /** Event time of the record that wrote it, ms. */
  readonly timestamp: number;
}

/** The columns of a key, by which rows of several sources are put in order, and how to show the row. */
export type SourceEntry = Entry<readonly SqlValue[], PlainRow>;

/** Reads one state file, also while another process writes it. */
export class FileReader {
  readonly path: string;
  readonly #db: Database;
  readonly #statements = new Map<string, StoreStatements>();
  #snapshots = 0;

  /** Throws STATE_FILE_MISSING, STATE_FILE_FOREIGN, STATE_FILE_NEWER, STATE_FILE_DAMAGED. */
  constructor(path: string) {
    this.path = path;
    this.#db = openDatabaseToRead(path);
  }

  get db(): Database {
    return this.#db;
  }

  get fileName(): string {
    return basename(this.path);
  }

  storeNames(): string[] {
    return this.#read(() => readStoreNames(this.#db));
  }

  /** Undefined where this file does not have the store. */
  layout(store: string): StoreLayout | undefined {
    return this.#read(() => readLayout(this.#db, store));
  }

  /** Partitions of a store that are in the file, but processed elsewhere: their rows are not shown. */
  away(store: string): readonly number[] {
    return this.#read(() => readAway(this.#db, store));
  }

  rowCount(store: string): number {
    return this.#read(() =>
      Number(
        this.#db
          .prepare(`SELECT count(*) FROM ${quoted(store)}${shown(readAway(this.#db, store))}`)
          .pluck()
          .get(),
      ),
    );
  }

  get(layout: StoreLayout, keyText: string): PlainRow | undefined {
    const key = parseKeyText(layout, keyText);
    return this.#read(() => {
      const get = this.#statementsOf(layout).get();
      for (const partition of this.#partitions(layout.name)) {
        const row = get.get(partition, ...key);
        if (row !== undefined) return this.#plainRow(layout, key, row, 0);
      }
      return undefined;
    });
  }

  /** A sorted source of rows for each partition. */
  ranges(layout: StoreLayout, query: TextRange): Iterator<SourceEntry>[] {
    const bounds = boundsOf(layout, query);
    return this.#read(() => this.#partitions(layout.name)).map((partition) =>
      this.#range(layout, bounds, query, partition),
    );
  }

  /** All reads until `endSnapshot` see the file as it is now. Nested ones see what the outermost does. */
  beginSnapshot(): void {
    if (this.#snapshots++ === 0) this.#read(() => this.#db.prepare('BEGIN').run());
  }

  endSnapshot(): void {
    if (--this.#snapshots === 0 && this.#db.inTransaction) this.#db.prepare('COMMIT').run();
  }

  close(): void {
    this.#db.close();
  }

  #range(layout: StoreLayout, bounds: RangeBounds, query: TextRange, partition: number): Iterator<SourceEntry> {
    const statements = this.#statementsOf(layout);
    const { reverse = false, limit = Number.POSITIVE_INFINITY } = query;
    return new PagedRange<readonly SqlValue[], PlainRow>(
      {
        page: (after, size) => {
          const asked = { partition, bounds, reverse, after, limit: size };
          const rows = this.#read(() => readPage((shape) => statements.range(shape), asked));
          return rows.map((row) => this.#entry(layout, row));
        },
        columnsOf: (key) => key,
        done: () => {},
      },
      limit,
    );
  }

  #entry(layout: StoreLayout, row: readonly SqlValue[]): SourceEntry {
    const key = layout.key.columns.map(({ wide }, i) => exact(row[i] ?? null, wide === true));
    const value = this.#plainRow(layout, row, row, layout.key.columns.length);
    return { key, value, timestamp: value.timestamp };
  }

  #plainRow(layout: StoreLayout, key: readonly SqlValue[], row: readonly SqlValue[], at: number): PlainRow {
    return {
      key: renderSide(layout.key, key, 0),
      value: renderSide(layout.value, row, at),
      timestamp: Number(row.at(-1)),
    };
  }

  #statementsOf(layout: StoreLayout): StoreStatements {
    const signature = JSON.stringify(layout);
    const statements = this.#statements.get(signature) ?? new StoreStatements(this.#db, layout);
    this.#statements.set(signature, statements);
    return statements;
  }

  #partitions(store: string): number[] {
    const away = readAway(this.#db, store);
    return partitionsOf(this.#db, store).filter((partition) => !away.includes(partition));
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw readFailure(this.path, error);
    }
  }
}

function boundsOf(layout: StoreLayout, { from, to, prefix }: TextRange): RangeBounds {
  return {
    ...(from !== undefined && { from: parseKeyText(layout, from) }),
    ...(to !== undefined && { to: parseKeyText(layout, to) }),
    ...(prefix !== undefined && { prefix: textPrefix(layout.name, layout.key.columns, prefix) }),
  };
}

/** A wide integer comes as text, but is ordered and compared as the number it is. */
function exact(value: SqlValue, isWide: boolean): SqlValue {
  return isWide && typeof value === 'string' ? BigInt(value) : value;
}
