import type { Columns, Serde, SqlValue } from '../serde/serde.ts';
import { CommittedTimes } from './committed-times.ts';
import { identityOf } from './key-identity.ts';
import { IndexedRows, ListedRows, type RowsByKey } from './rows-by-key.ts';
import { SortedChanges } from './sorted-changes.ts';
import type { Change, CommittedTable, Entry, RangeQuery, Row, StateBackend, TimedKey } from './store.ts';
import { TimedChange } from './timed-change.ts';
import { markName, NEWEST, type TimedStoreSpec } from './timed-key.ts';

/**
 * The committed rows of a timed store, and its marks, which have a small table of their own beside (`NAME#times`). Both
 * come as changes of one changelog, and are told apart here. What the newest time among the marks makes too old is not
 * written, and deleted where it is.
 */
export class TimedTable<K, V> implements CommittedTable<TimedKey<K>, V> {
  /** The rows by their times. */
  readonly times: CommittedTimes<K, V>;
  /** The rows by their keys. */
  readonly byKey: RowsByKey<K, V>;
  readonly #rows: CommittedTable<TimedKey<K>, V>;
  readonly #marks: CommittedTable<string, number>;
  readonly #columns: Columns<TimedKey<K>>;
  readonly #keyColumns: Columns<K>;
  readonly #retentionMs: number;

  constructor(backend: StateBackend, spec: TimedStoreSpec<K, V>, partition: number) {
    this.#rows = backend.table(spec, partition);
    // No store of a topology can have this name.
    this.#marks = backend.table({ name: `${spec.name}#times`, key: markNames, value: markTimes }, partition);
    this.#columns = spec.key.columns;
    this.#keyColumns = spec.timed.key.columns;
    this.#retentionMs = spec.timed.retentionMs;
    this.times = new CommittedTimes(this.#rows);
    this.byKey = spec.keyOrder === false ? new ListedRows(this.#rows, this.#keyColumns) : new IndexedRows(this.#rows);
    this.reset();
  }

  /** The table was changed by others. */
  reset(): void {
    this.times.reset();
    this.byKey.reset(this.marks().get(NEWEST) ?? -1);
  }

  marks(): Map<string, number> {
    return new Map(Array.from(this.#marks.range({}), ({ key, value }) => [key, value]));
  }

  get(key: TimedKey<K>): Row<V> | undefined {
    return this.#rows.get(key);
  }

  range(query: RangeQuery<TimedKey<K>>): Iterable<Entry<TimedKey<K>, V>> {
    return this.#rows.range(query);
  }

  byIndex(from: number, to: number, limit?: number, reverse?: boolean): readonly Entry<TimedKey<K>, V>[] {
    return this.#rows.byIndex(from, to, limit, reverse);
  }

  keys(): Iterable<TimedKey<K>> {
    return this.#rows.keys();
  }

  isEmpty(): boolean {
    return this.#rows.isEmpty();
  }

  write(changes: Iterable<Change<TimedKey<K>, V>>): void {
    const { rows, marks } = changes instanceof TimedChanges ? changes : new TimedChanges(changes, this.#columns);
    const horizon = this.#horizonOf(marks);
    const kept = rows.filter(({ key }) => key.time > horizon).sort((a, b) => a.key.time - b.key.time);
    this.#rows.write(SortedChanges.inOrder(kept, this.#columns));
    this.#marks.write(marks);
    if (horizon >= 0) this.expire(horizon);
  }

  /** What `write` was given is committed now; it has the rows that came to be up to the generation `hadUpTo` already. */
  written({ rows, marks }: TimedChanges<K, V>, hadUpTo: number): void {
    const horizon = this.#horizonOf(marks);
    for (const change of rows) {
      const { key, value } = change;
      if (key.time <= horizon) continue;
      const id = identityOf(key.key, this.#keyColumns);
      if (value === null) this.byKey.removed(id, key);
      else if (TimedChange.bornOf(change) > hadUpTo) this.byKey.added(id, key);
      if (value !== null) this.times.added(key.time);
    }
    this.byKey.expire(horizon);
  }

  expire(upTo: number): void {
    this.#rows.expire(upTo);
  }

  clear(): void {
    this.#rows.clear();
    this.#marks.clear();
  }

  /** Rows up to it are too old, as the marks have it. */
  #horizonOf(marks: readonly Change<string, number>[]): number {
    const newest = marks.find(({ key }) => key === NEWEST)?.value ?? Number.NEGATIVE_INFINITY;
    return newest - this.#retentionMs;
  }
}

/** Changes of rows and of marks, apart; of no key more than one. */
export class TimedChanges<K, V> implements Iterable<Change<TimedKey<K>, V>> {
  readonly rows: readonly Change<TimedKey<K>, V>[];
  readonly marks: readonly Change<string, number>[];
  readonly #all: readonly Change<TimedKey<K>, V>[];

  /** With the columns, of several changes of a key the last one is taken; without, there are no such changes. */
  constructor(changes: Iterable<Change<TimedKey<K>, V>>, columns?: Columns<TimedKey<K>>) {
    this.#all = [...(columns === undefined ? changes : SortedChanges.of(changes, columns))];
    const rows: Change<TimedKey<K>, V>[] = [];
    const marks: Change<string, number>[] = [];
    for (const change of this.#all) {
      const name = markName(change.key);
      if (name === undefined) rows.push(change);
      else marks.push({ key: name, value: change.timestamp, timestamp: change.timestamp });
    }
    this.rows = rows;
    this.marks = marks;
  }

  [Symbol.iterator](): Iterator<Change<TimedKey<K>, V>> {
    return this.#all.values();
  }
}

// --- the table of marks ---------------------------------------------------------------------------------------------

const markNames: Serde<string> = stored('name', 'TEXT', String);
const markTimes: Serde<number> = stored('time', 'INTEGER', Number);

/** A serde for tables only. */
function stored<T extends SqlValue>(name: string, type: 'TEXT' | 'INTEGER', read: (value: SqlValue) => T): Serde<T> {
  return {
    name,
    columns: {
      columns: () => [{ name, type }],
      write: (value) => [value],
      read: (row, at) => read(row[at] ?? null),
    },
    open: () => Promise.reject(new Error(`Bug in Millrace: the ${name} of a mark has no bytes`)),
  };
}
