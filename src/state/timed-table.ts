import type { Columns, Serde, SqlValue } from '../serde/serde.ts';
import { SortedChanges } from './sorted-changes.ts';
import type { Change, CommittedTable, Entry, RangeQuery, Row, StateBackend, TimedKey } from './store.ts';
import { markName, type TimedStoreSpec } from './timed-key.ts';

/**
 * The committed rows of a timed store, and its marks, which have a small table of their own beside (`NAME#times`). Both
 * come as changes of one changelog, and are told apart here.
 */
export class TimedTable<K, V> implements CommittedTable<TimedKey<K>, V> {
  readonly #rows: CommittedTable<TimedKey<K>, V>;
  readonly #marks: CommittedTable<string, number>;
  readonly #columns: Columns<TimedKey<K>>;
  readonly #index: readonly number[];

  constructor(backend: StateBackend, spec: TimedStoreSpec<K, V>, partition: number) {
    this.#rows = backend.table(spec, partition);
    // No store of a topology can have this name.
    this.#marks = backend.table({ name: `${spec.name}#times`, key: markNames, value: markTimes }, partition);
    this.#columns = spec.key.columns;
    this.#index = spec.index ?? [];
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

  isEmpty(): boolean {
    return this.#rows.isEmpty();
  }

  write(changes: Iterable<Change<TimedKey<K>, V>>): void {
    const { rows, marks } = changes instanceof TimedChanges ? changes : split(changes);
    this.#rows.write(
      changes instanceof TimedChanges ? SortedChanges.ofDistinct(rows, this.#columns, this.#index) : rows,
    );
    this.#marks.write(marks);
  }

  clear(): void {
    this.#rows.clear();
    this.#marks.clear();
  }
}

/** Changes of rows and of marks, apart; of no key more than one. */
export class TimedChanges<K, V> implements Iterable<Change<TimedKey<K>, V>> {
  readonly rows: readonly Change<TimedKey<K>, V>[];
  readonly marks: readonly Change<string, number>[];
  readonly #all: readonly Change<TimedKey<K>, V>[];

  constructor(changes: Iterable<Change<TimedKey<K>, V>>) {
    this.#all = [...changes];
    const { rows, marks } = split(this.#all);
    this.rows = rows;
    this.marks = marks;
  }

  [Symbol.iterator](): Iterator<Change<TimedKey<K>, V>> {
    return this.#all.values();
  }
}

interface SplitChanges<K, V> {
  readonly rows: Change<TimedKey<K>, V>[];
  readonly marks: Change<string, number>[];
}

function split<K, V>(changes: Iterable<Change<TimedKey<K>, V>>): SplitChanges<K, V> {
  const rows: Change<TimedKey<K>, V>[] = [];
  const marks: Change<string, number>[] = [];
  for (const change of changes) {
    const name = markName(change.key);
    if (name === undefined) rows.push(change);
    else marks.push({ key: name, value: change.timestamp, timestamp: change.timestamp });
  }
  return { rows, marks };
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
