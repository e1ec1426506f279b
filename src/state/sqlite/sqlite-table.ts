import type { Columns, SqlValue } from '../../serde/serde.ts';
import { rangeBounds } from '../range-bounds.ts';
import { SortedChanges } from '../sorted-changes.ts';
import type { Change, CommittedTable, Entry, RangeQuery, Row, StoreSpec } from '../store.ts';
import { PagedRange, readPage } from './paged-range.ts';
import { RowBatch } from './row-batch.ts';
import { readFailure } from './sqlite-failure.ts';
import type { StoreStatements } from './statements.ts';

export interface SqliteTableOptions<K, V> {
  readonly path: string;
  readonly spec: StoreSpec<K, V>;
  readonly partition: number;
  readonly statements: StoreStatements;
  /** Fails outside a commit. */
  readonly checkCommit: () => void;
}

/** The rows of one store and one partition in the state file. */
export class SqliteTable<K, V> implements CommittedTable<K, V> {
  readonly #path: string;
  readonly #store: string;
  readonly #key: Columns<K>;
  readonly #value: Columns<V>;
  readonly #index: readonly number[];
  readonly #partition: number;
  readonly #statements: StoreStatements;
  readonly #checkCommit: () => void;
  readonly #openRanges = new Set<PagedRange<K, V>>();

  constructor({ path, spec, partition, statements, checkCommit }: SqliteTableOptions<K, V>) {
    this.#path = path;
    this.#store = spec.name;
    this.#key = spec.key.columns;
    this.#value = spec.value.columns;
    this.#index = spec.index ?? [];
    this.#partition = partition;
    this.#statements = statements;
    this.#checkCommit = checkCommit;
  }

  get(key: K): Row<V> | undefined {
    const row = this.#read(() => this.#statements.get().get(this.#partition, ...this.#key.write(key)));
    return row && { value: this.#value.read(row, 0), timestamp: Number(row.at(-1)) };
  }

  range(query: RangeQuery<K>): Iterable<Entry<K, V>> {
    return { [Symbol.iterator]: () => this.#open(query) };
  }

  byIndex(from: number, to: number, limit?: number, reverse = false): readonly Entry<K, V>[] {
    const statement = this.#statements.byIndex(this.#index, reverse);
    const rows = this.#read(() => statement.all(this.#partition, from, to, limit ?? -1));
    return rows.map(this.#entryOf);
  }

  *keys(): Generator<K, void, undefined> {
    try {
      for (const row of this.#statements.keys().iterate(this.#partition)) yield this.#key.read(row, 0);
    } catch (error) {
      throw readFailure(this.#path, error);
    }
  }

  isEmpty(): boolean {
    return this.#read(() => this.#statements.anyRow().get(this.#partition)) === undefined;
  }

  write(changes: Iterable<Change<K, V>>): void {
    this.#beforeChange();
    const statements = this.#statements;
    const upserts = new RowBatch(statements.rowWidth, (rows) => statements.upsert(rows));
    const removals = new RowBatch(1 + statements.keyWidth, (rows) => statements.remove(rows));
    // Removals run apart from upserts, so that no key may be in both.
    for (const { columns, change } of SortedChanges.of(changes, this.#key).keyed) {
      const { value, timestamp } = change;
      const batch = value === null ? removals : upserts;
      const { parameters } = batch;
      parameters.push(this.#partition, ...columns);
      if (value !== null) parameters.push(...this.#value.write(value), timestamp);
      batch.rowAdded();
    }
    upserts.flush();
    removals.flush();
  }

  expire(upTo: number): void {
    this.#beforeChange();
    this.#statements.expire(this.#index).run([this.#partition, upTo]);
  }

  clear(): void {
    this.#beforeChange();
    this.#statements.clear().run([this.#partition]);
  }

  #beforeChange(): void {
    this.#checkCommit();
    for (const range of this.#openRanges) range.settle();
  }

  #open(query: RangeQuery<K>): PagedRange<K, V> {
    const bounds = rangeBounds(this.#store, this.#key, query);
    const reverse = query.reverse === true;
    const range = new PagedRange<K, V>(
      {
        page: (after, limit) => {
          const asked = { partition: this.#partition, bounds, reverse, after, limit };
          return this.#read(() => readPage((shape) => this.#statements.range(shape), asked)).map(this.#entryOf);
        },
        columnsOf: (key) => this.#key.write(key),
        done: () => this.#openRanges.delete(range),
      },
      query.limit ?? Number.POSITIVE_INFINITY,
    );
    this.#openRanges.add(range);
    range.begin();
    return range;
  }

  readonly #entryOf = (row: readonly SqlValue[]): Entry<K, V> => ({
    key: this.#key.read(row, 0),
    value: this.#value.read(row, this.#statements.keyWidth),
    timestamp: Number(row.at(-1)),
  });

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw readFailure(this.#path, error);
    }
  }
}
