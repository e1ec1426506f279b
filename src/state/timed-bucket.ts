import type { Entry, TimedKey } from './store.ts';
import type { RowsOfKey, TimedSlot } from './timed-rows.ts';

/** Who keeps the buckets. */
export interface BucketOwner<K, V> {
  /** Generations up to this one are in the table. */
  readonly writtenUpTo: number;
  /** A bucket has one more row. */
  grown(bucket: TimedBucket<K, V>): void;
  /** A row is back that the table has never had. Its first change and its deletion may leave nothing to write of it. */
  revived(key: TimedKey<K>): void;
}

/** All rows of one key, in order. A key that is in the cache is there with all its rows. */
export class TimedBucket<K, V> implements RowsOfKey<K, V> {
  /** The generation that changed one of its rows last. */
  generation = 0;
  #slots: TimedSlot<K, V>[];
  /** The first slot that is still so. Rows mostly go in the order of their times, and a large array is slow to shift. */
  #head = 0;
  /** Deleted since the table was last written: a row that comes back takes its slot again. */
  #deleted: TimedSlot<K, V>[] | undefined;

  readonly #owner: BucketOwner<K, V>;

  constructor(owner: BucketOwner<K, V>, slots: TimedSlot<K, V>[]) {
    this.#owner = owner;
    this.#slots = slots;
  }

  get size(): number {
    return this.#slots.length - this.#head;
  }

  find(time: number, order: number): TimedSlot<K, V> | undefined {
    const slot = this.#slots[this.#from(time, order)];
    return slot !== undefined && isAt(slot, time, order) ? slot : undefined;
  }

  insert(slot: TimedSlot<K, V>): void {
    const { time, order } = slot.change.key;
    const at = this.#from(time, order);
    // Most keys have one row, and the first `push` makes room for many.
    if (this.#slots.length === 0) this.#slots = [slot];
    else if (at === this.#slots.length) this.#slots.push(slot);
    else this.#slots.splice(at, 0, slot);
    this.generation = slot.generation;
    this.#owner.grown(this);
  }

  changed(slot: TimedSlot<K, V>): void {
    this.generation = slot.generation;
  }

  remove(slot: TimedSlot<K, V>, leavesTrace: boolean): void {
    const { time, order } = slot.change.key;
    const at = this.#from(time, order);
    if (at > this.#head) this.#slots.splice(at, 1);
    else {
      this.#head++;
      this.#tidy();
    }
    if (!leavesTrace) return;
    this.generation = slot.generation;
    if (this.#deleted === undefined) this.#deleted = [slot];
    else this.#deleted.push(slot);
  }

  /** Lets go of rows up to a time, which nobody sees any more. */
  expire(upTo: number): void {
    const slots = this.#slots;
    for (let slot = slots[this.#head]; slot !== undefined && slot.change.key.time <= upTo; slot = slots[this.#head])
      this.#head++;
    this.#tidy();
  }

  nextOrder(time: number): number {
    const at = this.#from(time, Number.POSITIVE_INFINITY) - 1;
    const last = at < this.#head ? undefined : this.#slots[at];
    return last === undefined || last.change.key.time !== time ? 0 : last.change.key.order + 1;
  }

  revive(time: number, order: number): TimedSlot<K, V> | undefined {
    if (this.#deleted === undefined) return undefined;
    const { writtenUpTo } = this.#owner;
    const [first] = this.#deleted;
    if (first !== undefined && first.generation <= writtenUpTo)
      this.#deleted = this.#deleted.filter(({ generation }) => generation > writtenUpTo);
    const at = this.#deleted.findIndex((slot) => isAt(slot, time, order));
    const [slot] = at < 0 ? [] : this.#deleted.splice(at, 1);
    if (slot === undefined) return undefined;
    this.insert(slot);
    if (slot.change.born > writtenUpTo) this.#owner.revived(slot.change.key);
    return slot;
  }

  within(from: number, to: number): Entry<TimedKey<K>, V>[] {
    const rows: Entry<TimedKey<K>, V>[] = [];
    const slots = this.#slots;
    for (let at = this.#from(from, Number.NEGATIVE_INFINITY); at < slots.length; at++) {
      const slot = slots[at];
      if (slot === undefined || slot.change.key.time > to) break;
      // A slot of the bucket is a row: its value is not null. The type of the pair cannot say so.
      rows.push(slot.change as Entry<TimedKey<K>, V>);
    }
    return rows;
  }

  #tidy(): void {
    if (this.#head * 2 <= this.#slots.length) return;
    this.#slots.splice(0, this.#head);
    this.#head = 0;
  }

  /** The place of the first row at or after a time and order. Most look-ups are of the newest rows. */
  #from(time: number, order: number): number {
    const slots = this.#slots;
    let low = this.#head;
    let high = slots.length;
    const last = slots[high - 1];
    if (last === undefined || isBefore(last, time, order)) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const slot = slots[middle];
      if (slot !== undefined && isBefore(slot, time, order)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isAt(slot: TimedSlot<unknown, unknown>, time: number, order: number): boolean {
  const { key } = slot.change;
  return key.time === time && key.order === order;
}

function isBefore(slot: TimedSlot<unknown, unknown>, time: number, order: number): boolean {
  const { key } = slot.change;
  return key.time < time || (key.time === time && key.order < order);
}
