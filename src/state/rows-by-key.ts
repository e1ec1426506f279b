/**
 * How a timed store finds the rows of a key in its table, and how it knows of most keys that they have none. Two ways:
 *
 * - `IndexedRows`: the table is ordered by key too, and a filter knows most keys that are not there. For what is queried.
 * - `ListedRows`: the table is not, and a directory in memory says where the rows of a key are. For buffers, of which
 *   each row is written once and read a few times: to keep the order of keys would be most of their cost.
 */
import type { Columns } from '../serde/serde.ts';
import { FIRST_TIME, LAST_TIME } from './committed-times.ts';
import { KeyFilter } from './key-filter.ts';
import { identityOf, type KeyIdentity } from './key-identity.ts';
import { RowDirectory } from './row-directory.ts';
import type { CommittedTable, Entry, TimedKey } from './store.ts';

export interface RowsByKey<K, V> {
  /** False only where the table has no row of the key. */
  mayHave(id: KeyIdentity): boolean;
  /** The rows of a key after a time, in their order. */
  rowsOf(key: K, id: KeyIdentity, after: number): Entry<TimedKey<K>, V>[];
  /** A row is in the table that was not there. */
  added(id: KeyIdentity, at: TimedKey<K>): void;
  /** A row is in the table no more. */
  removed(id: KeyIdentity, at: TimedKey<K>): void;
  /** Rows up to this time are of no interest any more. */
  expire(upTo: number): void;
  /** The table was changed by others; no time in it is later than `newest`. */
  reset(newest: number): void;
}

export class IndexedRows<K, V> implements RowsByKey<K, V> {
  readonly #table: CommittedTable<TimedKey<K>, V>;
  readonly #filter = new KeyFilter();

  constructor(table: CommittedTable<TimedKey<K>, V>) {
    this.#table = table;
  }

  mayHave(id: KeyIdentity): boolean {
    return this.#filter.mayHave(id);
  }

  rowsOf(key: K, _id: KeyIdentity, after: number): Entry<TimedKey<K>, V>[] {
    const from = { key, time: Math.max(FIRST_TIME, after + 1), order: FIRST_TIME };
    return [...this.#table.range({ from, to: { key, time: LAST_TIME, order: LAST_TIME } })];
  }

  added(id: KeyIdentity, at: TimedKey<K>): void {
    this.#filter.add(id, at.time);
  }

  /** A filter forgets nothing but what is past. */
  removed(): void {}

  expire(upTo: number): void {
    this.#filter.expire(upTo);
  }

  reset(newest: number): void {
    if (this.#table.isEmpty()) this.#filter.forget(Number.NEGATIVE_INFINITY);
    else this.#filter.forget(newest);
  }
}

export class ListedRows<K, V> implements RowsByKey<K, V> {
  readonly #table: CommittedTable<TimedKey<K>, V>;
  readonly #columns: Columns<K>;
  readonly #directory = new RowDirectory();
  /** Reading all keys is put off until one is asked for: a task may be opened and given up. */
  #isListed = false;

  constructor(table: CommittedTable<TimedKey<K>, V>, columns: Columns<K>) {
    this.#table = table;
    this.#columns = columns;
  }

  mayHave(id: KeyIdentity): boolean {
    if (!this.#isListed) this.#list();
    return this.#directory.has(id);
  }

  rowsOf(key: K, id: KeyIdentity, after: number): Entry<TimedKey<K>, V>[] {
    if (!this.#isListed) this.#list();
    return this.#directory.of(id, after).flatMap(({ time, order }) => {
      const at = { key, time, order };
      const row = this.#table.get(at);
      // None: the place is that of another key with the same hash.
      return row === undefined ? [] : [{ key: at, value: row.value, timestamp: row.timestamp }];
    });
  }

  added(id: KeyIdentity, at: TimedKey<K>): void {
    if (this.#isListed) this.#directory.add(id, at);
  }

  removed(id: KeyIdentity, at: TimedKey<K>): void {
    if (this.#isListed) this.#directory.remove(id, at);
  }

  expire(upTo: number): void {
    this.#directory.expire(upTo);
  }

  reset(): void {
    this.#directory.clear();
    this.#isListed = this.#table.isEmpty();
  }

  #list(): void {
    this.#isListed = true;
    for (const at of this.#table.keys()) this.#directory.add(identityOf(at.key, this.#columns), at);
  }
}
