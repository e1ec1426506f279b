import type { Columns } from '../serde/serde.ts';
import { hashOf } from './key-hash.ts';
import { identityOf, type KeyIdentity } from './key-identity.ts';
import { hasNull } from './key-nulls.ts';
import { NOBODY, RowIndex } from './row-index.ts';
import type { Change, CommittedTable, Entry, TimedKey } from './store.ts';
import { TimedChange } from './timed-change.ts';
import type { RowsOfKey, TimedRows, TimedSlot } from './timed-rows.ts';

/**
 * How many entries are looked at for one that is read: where most must stay, all would be looked at in vain, again and
 * again. One in so many rows may be in memory beyond the limit for it, until the table is written.
 */
const FEW = 64;

/**
 * Rows each for itself, in one index by the hashes of their keys. The index has all rows, so that the table need not have
 * an order of keys: to keep one is three quarters of the cost of writing a row. A row's value may be in the table only; it
 * is read when it is asked for, and dropped again by a hand that goes round, as memory fills.
 *
 * After a start the keys of the table are read once, when one is first asked for.
 *
 * It is its own cursor: what it says as `RowsOfKey` is of the key that was asked for last.
 */
export class FlatRows<K, V> implements TimedRows<K, V>, RowsOfKey<K, V> {
  writtenUpTo = 0;
  readonly #table: CommittedTable<TimedKey<K>, V>;
  readonly #columns: Columns<K>;
  #limit: number;
  readonly #hashOf: (id: KeyIdentity) => number;
  readonly #index = new RowIndex<K, V>();
  /** Their deletion is not in the table yet, or they have come back since. */
  #deleted: TimedSlot<K, V>[] = [];
  #isListed = true;
  /** How many slots are in memory. */
  #held = 0;
  /** Where the next slot to drop is looked for. */
  #hand = 0;
  #key: K | undefined;
  #id: KeyIdentity;
  #hash = 0;
  #after = Number.NEGATIVE_INFINITY;

  constructor(
    table: CommittedTable<TimedKey<K>, V>,
    columns: Columns<K>,
    options: { readonly cacheEntries: number; readonly hash?: (id: KeyIdentity) => number },
  ) {
    this.#table = table;
    this.#columns = columns;
    this.#limit = options.cacheEntries;
    this.#hashOf = options.hash ?? hashOf;
  }

  of(key: K, after: number): this | undefined {
    this.#ask(key);
    this.#after = after;
    return this.#index.first(this.#hash) === NOBODY || hasNull(key, this.#columns) ? undefined : this;
  }

  open(key: K, after: number): this | undefined {
    if (hasNull(key, this.#columns)) return undefined;
    this.#ask(key);
    this.#after = after;
    return this;
  }

  slotOf({ key, time, order }: TimedKey<K>): TimedSlot<K, V> | null | undefined {
    this.#ask(key);
    let found: null | undefined = null;
    for (let at = this.#first(time, order); at !== NOBODY; at = this.#next(at, time, order)) {
      const slot = this.#index.slot(at);
      if (slot === undefined) found = undefined;
      else if (this.#isOurs(slot)) return slot.change.value === null ? null : slot;
    }
    return found;
  }

  /** Of a row that came and went since the last time the changes say nothing: so it is known here what was deleted. */
  written(_: readonly Change<TimedKey<K>, V>[], upTo: number, after: number): void {
    this.writtenUpTo = upTo;
    this.#after = Math.max(this.#after, after);
    const deleted = this.#deleted;
    this.#deleted = deleted.filter(({ generation }) => generation > upTo);
    for (const slot of deleted) if (slot.generation <= upTo && slot.change.value === null) this.#bury(slot);
    this.#dropSlots(this.#index.size);
  }

  keep(rows: number): void {
    this.#limit = rows;
  }

  reset(): void {
    this.#index.clear();
    this.#deleted = [];
    this.#held = 0;
    this.#hand = 0;
    this.#after = Number.NEGATIVE_INFINITY;
    this.#isListed = this.#table.isEmpty();
  }

  // --- RowsOfKey ----------------------------------------------------------------------------------------------------

  find(time: number, order: number): TimedSlot<K, V> | undefined {
    for (let at = this.#first(time, order); at !== NOBODY; at = this.#next(at, time, order)) {
      const slot = this.#living(at);
      if (slot !== undefined) return slot;
    }
    return undefined;
  }

  within(from: number, to: number): Entry<TimedKey<K>, V>[] {
    const rows: Entry<TimedKey<K>, V>[] = [];
    const index = this.#index;
    for (let at = index.first(this.#hash); at !== NOBODY; at = index.next(this.#hash, at)) {
      const time = index.time(at);
      const slot = time >= from && time <= to ? this.#living(at) : undefined;
      // It is a row: its value is not null. The type of the pair cannot say so.
      if (slot !== undefined) rows.push(slot.change as Entry<TimedKey<K>, V>);
    }
    if (rows.length < 2) return rows;
    rows.sort((a, b) => a.key.time - b.key.time || a.key.order - b.key.order);
    // Where the slot of a row made room for others, a place of another key was taken for that of the row.
    return rows.filter(({ key }, at) => !isSamePlace(key, rows[at - 1]?.key));
  }

  nextOrder(time: number): number {
    const index = this.#index;
    let next = 0;
    for (let at = index.first(this.#hash); at !== NOBODY; at = index.next(this.#hash, at)) {
      if (index.time(at) !== time || index.order(at) < next) continue;
      if (this.#living(at) !== undefined) next = index.order(at) + 1;
    }
    return next;
  }

  revive(time: number, order: number): TimedSlot<K, V> | undefined {
    for (let at = this.#first(time, order); at !== NOBODY; at = this.#next(at, time, order)) {
      const slot = this.#index.slot(at);
      if (slot !== undefined && slot.change.value === null && this.#isOurs(slot)) return slot;
    }
    return undefined;
  }

  insert(slot: TimedSlot<K, V>): void {
    const { time, order } = slot.change.key;
    if (this.#index.isFull) this.#rebuild();
    this.#index.add(this.#hash, time, order, slot);
    this.#held++;
  }

  changed(): void {}

  remove(slot: TimedSlot<K, V>, leavesTrace: boolean): void {
    // A deletion is in the slot until the table has it.
    if (leavesTrace) this.#deleted.push(slot);
    else this.#forget(slot);
  }

  // --- internals ----------------------------------------------------------------------------------------------------

  #ask(key: K): void {
    if (!this.#isListed) this.#list();
    this.#key = key;
    this.#id = identityOf(key, this.#columns);
    this.#hash = this.#hashOf(this.#id);
  }

  #list(): void {
    this.#isListed = true;
    for (const { key, time, order } of this.#table.keys()) {
      if (this.#index.isFull) this.#rebuild();
      this.#index.add(this.#hashOf(identityOf(key, this.#columns)), time, order, undefined);
    }
  }

  #rebuild(): void {
    this.#held = this.#index.rebuild(this.#after);
    this.#hand = 0;
  }

  /** The newest entry of a time and order; of other keys with the same hash too. */
  #first(time: number, order: number): number {
    return this.#same(this.#index.first(this.#hash), time, order);
  }

  #next(at: number, time: number, order: number): number {
    return this.#same(this.#index.next(this.#hash, at), time, order);
  }

  #same(from: number, time: number, order: number): number {
    const index = this.#index;
    let at = from;
    while (at !== NOBODY && (index.time(at) !== time || index.order(at) !== order)) at = index.next(this.#hash, at);
    return at;
  }

  #isOurs(slot: TimedSlot<K, V>): boolean {
    return identityOf(slot.change.key.key, this.#columns) === this.#id;
  }

  /** The slot of an entry, if it is of our key and not deleted. */
  #living(at: number): TimedSlot<K, V> | undefined {
    const slot = this.#index.slot(at);
    if (slot === undefined) return this.#load(at);
    return slot.change.value !== null && this.#isOurs(slot) ? slot : undefined;
  }

  /** Undefined where the entry is of another key. */
  #load(at: number): TimedSlot<K, V> | undefined {
    const [time, order] = [this.#index.time(at), this.#index.order(at)];
    // Two entries of one hash, time and order: who has a slot of our key is ours, so this one is not.
    for (let other = this.#first(time, order); other !== NOBODY; other = this.#next(other, time, order)) {
      const slot = this.#index.slot(other);
      if (slot !== undefined && this.#isOurs(slot)) return undefined;
    }
    const key = { key: this.#key as K, time, order };
    const row = this.#table.get(key);
    if (row === undefined) return undefined;
    const slot = { change: new TimedChange<K, V>(key, row.value, row.timestamp, 0), generation: 0, index: -1 };
    // Others make room, not this one: who asked for it may be about to change it.
    if (this.#held > 1.25 * this.#limit) this.#dropSlots(FEW);
    this.#index.setSlot(at, slot);
    this.#held++;
    return slot;
  }

  /** The table has the deletion of a row. */
  #bury(slot: TimedSlot<K, V>): void {
    this.#ask(slot.change.key.key);
    this.#forget(slot);
  }

  /** Takes out a slot of the key that was asked for last. */
  #forget(slot: TimedSlot<K, V>): void {
    const { time, order } = slot.change.key;
    for (let at = this.#first(time, order); at !== NOBODY; at = this.#next(at, time, order)) {
      if (this.#index.slot(at) !== slot) continue;
      this.#index.remove(at);
      this.#held--;
      return;
    }
  }

  /** Slots that the table does not have as they are stay. Looks at so many entries at most. */
  #dropSlots(most: number): void {
    const index = this.#index;
    for (let steps = Math.min(index.size, most); steps > 0 && this.#held > this.#limit; steps--) {
      this.#hand = this.#hand + 1 < index.size ? this.#hand + 1 : 0;
      const slot = index.slot(this.#hand);
      if (slot === undefined || slot.generation > this.writtenUpTo) continue;
      index.setSlot(this.#hand, undefined);
      this.#held--;
    }
  }
}

function isSamePlace(a: TimedKey<unknown>, b: TimedKey<unknown> | undefined): boolean {
  return a.time === b?.time && a.order === b.order;
}
