import type { Columns, SqlValue } from '../serde/serde.ts';
import { assert } from '../util/assert.ts';
import { ConfirmedChanges } from './confirmed-changes.ts';
import { Generation } from './generation.ts';
import { identityOf, type KeyIdentity } from './key-identity.ts';
import { hasNull, refuseNull } from './key-nulls.ts';
import { mergedRange } from './merged-range.ts';
import { rangeBounds } from './range-bounds.ts';
import { RowCache } from './row-cache.ts';
import type { Slot } from './slot.ts';
import { type KeyedChange, SortedChanges } from './sorted-changes.ts';
import type { Change, CommittedTable, Entry, KeyValueStore, RangeQuery, Row, StoreSpec } from './store.ts';
import { UnwrittenGroups } from './unwritten-groups.ts';
import { UnwrittenOrder } from './unwritten-order.ts';

/** Named in the signatures of `StagedStore`. */
export type { Generation } from './generation.ts';

export interface StagedStoreOptions<K, V> {
  readonly spec: StoreSpec<K, V>;
  readonly table: CommittedTable<K, V>;
  /** How many decoded rows (and known absences) are kept in memory. Unwritten changes come on top. Default 100 000. */
  readonly cacheEntries?: number;
}

/**
 * The write-behind store over any table. The life of a write:
 *
 * 1. `put` stages it in the current generation.
 * 2. `seal` ends the generation when a commit begins; its changes go to the changelog.
 * 3. `committed` says that the log has confirmed it. It may wait for further ones, the last change of a key wins.
 * 4. `drain` gives all that is confirmed, for `table.write` inside `StateBackend.commit`; `drained`, when that went well,
 *    lets go of it. If it did not go well, the next `drain` gives the same again.
 *
 * Reads see all of it at once. Of a commit that failed, `reset` forgets everything.
 */
export class StagedStore<K, V> implements KeyValueStore<K, V> {
  readonly name: string;
  readonly #table: CommittedTable<K, V>;
  readonly #columns: Columns<K>;
  readonly #cache: RowCache<Slot<K, V>>;
  readonly #confirmed: ConfirmedChanges<K, V>;
  #confirmedUpTo = 0;
  #sealed: Generation<K, V>[] = [];
  #current = new Generation<K, V>(1);
  /** While it is so, a key that is not in the cache is not in the table. */
  #cacheHasAll: boolean;
  #isDraining = false;
  /** Of the changes that the table lacks; made when a range first asks for it. */
  #order: UnwrittenOrder<K, V> | UnwrittenGroups<K, V> | undefined;

  constructor({ spec, table, cacheEntries = 100_000 }: StagedStoreOptions<K, V>) {
    this.name = spec.name;
    this.#table = table;
    this.#columns = spec.key.columns;
    this.#cache = new RowCache(cacheEntries);
    this.#confirmed = new ConfirmedChanges({ identity: (key) => identityOf(key, this.#columns) });
    this.#cacheHasAll = table.isEmpty();
  }

  get(key: K): Row<V> | undefined {
    const id = identityOf(key, this.#columns);
    const change = this.#cache.find(id)?.change ?? this.#load(key, id);
    // A change that is no deletion is a row: its value is not null. The type of the pair cannot say so.
    return change === undefined || change.value === null ? undefined : (change as Row<V>);
  }

  put(key: K, value: V | null, timestamp: number): void {
    // A new object each time: who was given the old row keeps it as it was.
    const change: Change<K, V> = { key, value, timestamp };
    const id = identityOf(key, this.#columns);
    const slot = this.#cache.find(id);
    const generation = this.#current;
    if (slot === undefined) {
      refuseNull(this.name, key, this.#columns);
      const added = { change, generation: generation.number, index: generation.add(change) };
      this.#cache.add(id, added);
      this.#order?.add(this.#columns.write(key), added);
    } else if (slot.generation === generation.number) {
      generation.replace(slot.index, change);
      slot.change = change;
    } else {
      if (slot.generation <= this.#cache.cleanUpTo) this.#order?.add(this.#columns.write(key), slot);
      slot.index = generation.add(change);
      slot.generation = generation.number;
      slot.change = change;
    }
  }

  /** A snapshot as of the start of each iteration. */
  range(query: RangeQuery<K> = {}): Iterable<Entry<K, V>> {
    return { [Symbol.iterator]: () => this.#iterate(query) };
  }

  // --- the commit ---------------------------------------------------------------------------------------------------

  /** How many rows were written since the last `seal`. */
  get unsealed(): number {
    return this.#current.size;
  }

  /** Ends the current generation; writes from now on belong to the next one. */
  seal(): Generation<K, V> {
    const sealed = this.#current;
    this.#sealed.push(sealed);
    this.#current = new Generation(sealed.number + 1);
    return sealed;
  }

  /** The log has confirmed it: it can no longer be rolled back. Generations are confirmed in the order of `seal`. */
  committed(generation: Generation<K, V>): void {
    assert(this.#sealed[0] === generation, `generation ${generation.number} of ${this.name} is not the oldest sealed`);
    this.#sealed.shift();
    this.#confirmed.add(generation);
    this.#confirmedUpTo = generation.number;
    this.#isDraining = false;
  }

  /** How many confirmed changes wait for `drain`. */
  get waiting(): number {
    return this.#confirmed.size;
  }

  /** All confirmed changes, one a key, in key order. They stay staged until `drained`. */
  drain(): SortedChanges<K, V> {
    this.#isDraining = true;
    return SortedChanges.ofDistinct(this.#confirmed, this.#columns);
  }

  /** What `drain` gave is in the table. */
  drained(): void {
    assert(this.#isDraining, `drained without drain in ${this.name}`);
    this.#isDraining = false;
    this.#confirmed.clear();
    this.#cache.cleanUpTo = this.#confirmedUpTo;
    this.#order = undefined;
  }

  /** How many decoded rows are kept in memory from now on. */
  keep(rows: number): void {
    this.#cache.limit = rows;
  }

  /** Drops everything, staged or cached, and reads the table anew: after others have written to it. */
  reset(): void {
    this.#sealed = [];
    this.#current = new Generation(this.#current.number + 1);
    this.#confirmed.clear();
    this.#isDraining = false;
    this.#order = undefined;
    this.#cache.clear();
    this.#cacheHasAll = this.#table.isEmpty();
  }

  // --- internals ----------------------------------------------------------------------------------------------------

  #load(key: K, id: KeyIdentity): Change<K, V> | undefined {
    if (this.#cacheHasAll && !this.#cache.hasDropped) return undefined;
    // Not cached, so that a write of it still comes to `refuseNull`.
    if (hasNull(key, this.#columns)) return undefined;
    const row = this.#table.get(key);
    const change = { key, value: row?.value ?? null, timestamp: row?.timestamp ?? -1 };
    this.#cache.add(id, { change, generation: 0, index: -1 });
    return change;
  }

  #iterate(query: RangeQuery<K>): Iterator<Entry<K, V>> {
    const changes = this.#changesWithin(query);
    const { limit = Number.POSITIVE_INFINITY, reverse = false, ...bounds } = query;
    // How many rows of the table the changes hide is not known, so the limit is counted after the merge.
    const rows = this.#table.range(changes.length === 0 ? query : { ...bounds, reverse })[Symbol.iterator]();
    return mergedRange(rows, changes, this.#columns, { reverse, limit });
  }

  /** The newest staged change of each key in the range, in its order. */
  #changesWithin(query: RangeQuery<K>): KeyedChange<K, V>[] {
    this.#order ??= this.#inOrder();
    const changes = this.#order.within(rangeBounds(this.name, this.#columns, query));
    return query.reverse === true ? changes.reverse() : changes;
  }

  #inOrder(): UnwrittenOrder<K, V> | UnwrittenGroups<K, V> {
    const places = this.#unwritten();
    return this.#columns.columns('key').length > 1 ? new UnwrittenGroups(places) : new UnwrittenOrder(places);
  }

  #unwritten(): { columns: readonly SqlValue[]; slot: Slot<K, V> }[] {
    const places = new Map<KeyIdentity, { columns: readonly SqlValue[]; slot: Slot<K, V> }>();
    for (const generation of [this.#confirmed, ...this.#sealed, this.#current]) {
      for (const { key } of generation) {
        const id = identityOf(key, this.#columns);
        const slot = places.has(id) ? undefined : this.#cache.find(id);
        if (slot !== undefined) places.set(id, { columns: this.#columns.write(key), slot });
      }
    }
    return [...places.values()];
  }
}
