import type { Columns, Serde, SqlValue } from '../serde/serde.ts';
import { CommittedTimes } from './committed-times.ts';
import { marksName } from './marks-name.ts';
import { SortedChanges } from './sorted-changes.ts';
import type { Change, CommittedTable, Entry, RangeQuery, Row, StateBackend, TimedKey } from './store.ts';
import { markName, NEWEST, type TimedStoreSpec } from './timed-key.ts';

/**
 * The committed rows of a timed store, and its marks, which have a small table of their own beside (`NAME#times`). Both
 * come as changes of one changelog, and are told apart here. What the newest time among the marks makes too old is not
 * written, and deleted where it is.
 */
export class TimedTable<K, V> implements CommittedTable<TimedKey<K>, V> {
  /** The rows by their times. */
  readonly times: CommittedTimes<K, V>;
  readonly #rows: CommittedTable<TimedKey<K>, V>;
  readonly #marks: CommittedTable<string, number>;
  readonly #columns: Columns<TimedKey<K>>;
  readonly #retentionMs: number;

  constructor(backend: StateBackend, spec: TimedStoreSpec<K, V>, partition: number) {
    this.#rows = backend.table(spec, partition);
    this.#marks = backend.table({ name: marksName(spec.name), key: markNames, value: markTimes }, partition);
    this.#columns = spec.key.columns;
    this.#retentionMs = spec.timed.retentionMs;
    this.times = new CommittedTimes(this.#rows);
  }

  /** The table was changed by others. */
  reset(): void {
    this.times.reset();
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
    const { rows, marks, horizon } =
      changes instanceof TimedChanges
        ? changes
        : new TimedChanges(SortedChanges.of(changes, this.#columns), this.#retentionMs);
    this.#rows.write(SortedChanges.inOrder(rows, this.#columns));
    this.#marks.write(marks);
    if (horizon >= 0) this.expire(horizon);
  }

  /** What `write` was given is committed now. */
  written({ rows }: TimedChanges<K, V>): void {
    for (const { key, value } of rows) if (value !== null) this.times.added(key.time);
  }

  expire(upTo: number): void {
    this.#rows.expire(upTo);
  }

  clear(): void {
    this.#rows.clear();
    this.#marks.clear();
  }
}

/** Changes of rows and of marks, apart; of no key more than one. */
export class TimedChanges<K, V> implements Iterable<Change<TimedKey<K>, V>> {
  /** Those that are not too old, in the order of their times. */
  readonly rows: readonly Change<TimedKey<K>, V>[];
  readonly marks: readonly Change<string, number>[];
  /** Rows up to this time are too old. */
  readonly horizon: number;

  constructor(changes: Iterable<Change<TimedKey<K>, V>>, retentionMs: number) {
    const rows: Change<TimedKey<K>, V>[] = [];
    const marks: Change<string, number>[] = [];
    for (const change of changes) {
      const name = markName(change.key);
      if (name === undefined) rows.push(change);
      else marks.push({ key: name, value: change.timestamp, timestamp: change.timestamp });
    }
    const newest = marks.find(({ key }) => key === NEWEST)?.value ?? Number.NEGATIVE_INFINITY;
    const horizon = newest - retentionMs;
    this.rows = rows.filter(({ key }) => key.time > horizon).sort((a, b) => a.key.time - b.key.time);
    this.marks = marks;
    this.horizon = horizon;
  }

  [Symbol.iterator](): Iterator<Change<TimedKey<K>, V>> {
    return this.rows.values();
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
