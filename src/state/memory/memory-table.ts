import type { Columns } from '../../serde/serde.ts';
import { identityOf, type KeyIdentity } from '../key-identity.ts';
import { compareKeys } from '../key-order.ts';
import { isWithin, rangeBounds } from '../range-bounds.ts';
import type { Change, CommittedTable, Entry, RangeQuery, Row, StoreSpec } from '../store.ts';
import { firstAt, firstWhere, type Place, SortedRows } from './sorted-rows.ts';

/** Runs a step when the commit that it belongs to has succeeded. */
export type Defer = (step: () => void) => void;

/** Of so many rows at most one may change in one go for the orders to be kept up and not made anew. */
const FEW = 8;

/** Rows in a `Map`, and in the orders that were asked for. Values are kept as they are, not copied. */
export class MemoryTable<K, V> implements CommittedTable<K, V> {
  readonly #store: string;
  readonly #columns: Columns<K>;
  readonly #defer: Defer;
  readonly #rows = new Map<KeyIdentity, Entry<K, V>>();
  readonly #byKey: SortedRows<K, V>;
  readonly #byIndex: SortedRows<K, V>;

  constructor(spec: StoreSpec<K, V>, defer: Defer) {
    const { columns } = spec.key;
    const index = spec.index ?? [];
    this.#store = spec.name;
    this.#columns = columns;
    this.#defer = defer;
    this.#byKey = new SortedRows((key) => columns.write(key));
    this.#byIndex = new SortedRows((key) => {
      const all = columns.write(key);
      return [...index.map((at) => all[at] ?? null), ...all];
    });
  }

  get(key: K): Row<V> | undefined {
    const entry = this.#rows.get(identityOf(key, this.#columns));
    return entry && { value: entry.value, timestamp: entry.timestamp };
  }

  range(query: RangeQuery<K>): Iterable<Entry<K, V>> {
    return { [Symbol.iterator]: () => this.#select(query).values() };
  }

  byIndex(from: number, to: number, limit = Number.POSITIVE_INFINITY, reverse = false): readonly Entry<K, V>[] {
    const places = this.#inIndexOrder();
    const first = firstAt(places, [from]);
    const end = Math.max(first, endOf(places, to));
    if (reverse) return entries(places.slice(Math.max(first, end - limit), end).reverse());
    return entries(places.slice(first, Math.min(end, first + limit)));
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
      if (all.length * FEW > this.#rows.size) this.#forgetOrders();
      for (const change of all) this.#apply(change);
    });
  }

  expire(upTo: number): void {
    this.#defer(() => {
      const places = this.#inIndexOrder();
      const end = endOf(places, upTo);
      if (end * FEW > places.length) this.#byKey.forget();
      for (const { entry } of places.slice(0, end)) {
        this.#rows.delete(identityOf(entry.key, this.#columns));
        this.#byKey.delete(entry.key);
      }
      this.#byIndex.cut(end);
    });
  }

  clear(): void {
    this.#defer(() => {
      this.#forgetOrders();
      this.#rows.clear();
    });
  }

  #apply({ key, value, timestamp }: Change<K, V>): void {
    const id = identityOf(key, this.#columns);
    if (value === null) {
      if (!this.#rows.delete(id)) return;
      this.#byKey.delete(key);
      this.#byIndex.delete(key);
      return;
    }
    const entry = { key, value, timestamp };
    this.#rows.set(id, entry);
    this.#byKey.set(entry);
    this.#byIndex.set(entry);
  }

  #forgetOrders(): void {
    this.#byKey.forget();
    this.#byIndex.forget();
  }

  #inIndexOrder(): readonly Place<K, V>[] {
    return this.#byIndex.of(this.#rows.values());
  }

  #select(query: RangeQuery<K>): Entry<K, V>[] {
    const bounds = rangeBounds(this.#store, this.#columns, query);
    const { from, to } = bounds;
    const places = this.#byKey.of(this.#rows.values());
    const end = to === undefined ? places.length : firstWhere(places, ({ columns }) => compareKeys(columns, to) > 0);
    const within = places.slice(from === undefined ? 0 : firstAt(places, from), end);
    const selected = bounds.prefix === undefined ? within : within.filter(({ columns }) => isWithin(bounds, columns));
    if (query.reverse === true) selected.reverse();
    return entries(selected.slice(0, query.limit));
  }
}

/** Where the places end whose first column is at most this. */
function endOf(places: readonly Place<unknown, unknown>[], last: number): number {
  return firstWhere(places, ({ columns }) => Number(columns[0]) > last);
}

function entries<K, V>(places: readonly Place<K, V>[]): Entry<K, V>[] {
  return places.map(({ entry }) => entry);
}
