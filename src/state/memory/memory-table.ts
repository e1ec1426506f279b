import type { Columns, SqlValue } from '../../serde/serde.ts';
import { identityOf, type KeyIdentity } from '../key-identity.ts';
import { compareKeys } from '../key-order.ts';
import { isWithin, rangeBounds } from '../range-bounds.ts';
import type { Change, CommittedTable, Entry, RangeQuery, Row, StoreSpec } from '../store.ts';

interface SortedEntry<K, V> {
  readonly columns: readonly SqlValue[];
  readonly entry: Entry<K, V>;
}

/** Runs a step when the commit that it belongs to has succeeded. */
export type Defer = (step: () => void) => void;

/** Rows in a `Map`, put in order when a range asks for it. Values are kept as they are, not copied. */
export class MemoryTable<K, V> implements CommittedTable<K, V> {
  readonly #store: string;
  readonly #columns: Columns<K>;
  readonly #index: readonly number[];
  readonly #defer: Defer;
  readonly #rows = new Map<KeyIdentity, Entry<K, V>>();
  /** No row is older: without it, every commit would look at all rows for old ones. */
  #oldest = Number.POSITIVE_INFINITY;
  /** Never changed, only replaced: a range that has begun goes on with the one it has. */
  #sorted: readonly SortedEntry<K, V>[] | undefined;

  constructor(spec: StoreSpec<K, V>, defer: Defer) {
    this.#store = spec.name;
    this.#columns = spec.key.columns;
    this.#index = spec.index ?? [];
    this.#defer = defer;
  }

  get(key: K): Row<V> | undefined {
    const entry = this.#rows.get(identityOf(key, this.#columns));
    return entry && { value: entry.value, timestamp: entry.timestamp };
  }

  range(query: RangeQuery<K>): Iterable<Entry<K, V>> {
    return { [Symbol.iterator]: () => this.#select(query).values() };
  }

  byIndex(from: number, to: number, limit?: number, reverse = false): readonly Entry<K, V>[] {
    const index = this.#index;
    const [first = 0] = index;
    return Array.from(this.#rows.values(), (entry) => ({ columns: this.#columns.write(entry.key), entry }))
      .filter(({ columns }) => Number(columns[first]) >= from && Number(columns[first]) <= to)
      .map(({ columns, entry }) => ({ columns: [...index.map((at) => columns[at] ?? null), ...columns], entry }))
      .sort((a, b) => (reverse ? compareKeys(b.columns, a.columns) : compareKeys(a.columns, b.columns)))
      .slice(0, limit)
      .map(({ entry }) => entry);
  }

  *keys(): Iterable<K> {
    for (const { key } of this.#rows.values()) yield key;
  }

  isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  write(changes: Iterable<Change<K, V>>): void {
    // Read now, so that an error of the source is met before anything is written.
    const all = [...changes];
    this.#defer(() => {
      this.#sorted = undefined;
      for (const change of all) this.#apply(change);
    });
  }

  expire(upTo: number): void {
    this.#defer(() => {
      if (this.#oldest > upTo) return;
      this.#sorted = undefined;
      this.#oldest = Number.POSITIVE_INFINITY;
      for (const [id, { key }] of this.#rows) {
        const time = this.#timeOf(key);
        if (time <= upTo) this.#rows.delete(id);
        else this.#oldest = Math.min(this.#oldest, time);
      }
    });
  }

  clear(): void {
    this.#defer(() => {
      this.#sorted = undefined;
      this.#oldest = Number.POSITIVE_INFINITY;
      this.#rows.clear();
    });
  }

  #apply({ key, value, timestamp }: Change<K, V>): void {
    const id = identityOf(key, this.#columns);
    if (value === null) {
      this.#rows.delete(id);
      return;
    }
    this.#rows.set(id, { key, value, timestamp });
    if (this.#index.length > 0) this.#oldest = Math.min(this.#oldest, this.#timeOf(key));
  }

  #timeOf(key: K): number {
    return Number(this.#columns.write(key)[this.#index[0] ?? 0]);
  }

  #select(query: RangeQuery<K>): Entry<K, V>[] {
    const bounds = rangeBounds(this.#store, this.#columns, query);
    const within = this.#inOrder().filter((each) => isWithin(bounds, each.columns));
    if (query.reverse === true) within.reverse();
    return within.slice(0, query.limit).map((each) => each.entry);
  }

  #inOrder(): readonly SortedEntry<K, V>[] {
    this.#sorted ??= Array.from(this.#rows.values(), (entry) => ({
      columns: this.#columns.write(entry.key),
      entry,
    })).sort((a, b) => compareKeys(a.columns, b.columns));
    return this.#sorted;
  }
}
