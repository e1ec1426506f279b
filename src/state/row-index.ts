import type { TimedSlot } from './timed-rows.ts';

const LEAST_ROWS = 1024;
/** The end of a chain. */
export const NOBODY = -1;
/** The time of an entry that was taken out. */
const GONE = Number.NEGATIVE_INFINITY;

/**
 * Places of rows, by a hash of their keys, in flat arrays: 28 bytes and a reference a row, and nothing for the garbage
 * collector to walk. Entries hang in chains, the newest first. What is too old, or was taken out, stays in its chain until
 * the arrays are full; then all that is left goes into new ones.
 */
export class RowIndex<K, V> {
  #first = filled(LEAST_ROWS);
  /** Of each entry its hash and the next one of its chain, side by side, so that to follow a chain is one miss a step. */
  #links = new Int32Array(2 * LEAST_ROWS);
  /** Of each entry its time and its order. */
  #places = new Float64Array(2 * LEAST_ROWS);
  #slots: (TimedSlot<K, V> | undefined)[] = [];
  #size = 0;

  /** How many entries there are, those that are gone too. Their numbers go from 0. */
  get size(): number {
    return this.#size;
  }

  /** True where there is no room for one more: `rebuild` makes some. */
  get isFull(): boolean {
    return this.#size === this.#first.length;
  }

  add(hash: number, time: number, order: number, slot: TimedSlot<K, V> | undefined): void {
    const at = this.#size++;
    const chain = hash & (this.#first.length - 1);
    this.#links[2 * at] = hash;
    this.#links[2 * at + 1] = this.#first[chain] ?? NOBODY;
    this.#places[2 * at] = time;
    this.#places[2 * at + 1] = order;
    this.#slots[at] = slot;
    this.#first[chain] = at;
  }

  /** The newest entry of a hash; `NOBODY` where there is none. */
  first(hash: number): number {
    return this.#same(hash, this.#first[hash & (this.#first.length - 1)] ?? NOBODY);
  }

  /** The one before it. */
  next(hash: number, at: number): number {
    return this.#same(hash, this.#links[2 * at + 1] ?? NOBODY);
  }

  time(at: number): number {
    return this.#places[2 * at] ?? GONE;
  }

  order(at: number): number {
    return this.#places[2 * at + 1] ?? 0;
  }

  slot(at: number): TimedSlot<K, V> | undefined {
    return this.#slots[at];
  }

  setSlot(at: number, slot: TimedSlot<K, V> | undefined): void {
    this.#slots[at] = slot;
  }

  remove(at: number): void {
    this.#places[2 * at] = GONE;
    this.#slots[at] = undefined;
  }

  /** Lets go of all entries up to a time. Gives how many slots are left. */
  rebuild(after: number): number {
    const [size, links, places, slots] = [this.#size, this.#links, this.#places, this.#slots];
    let kept = 0;
    for (let at = 0; at < size; at++) if ((places[2 * at] ?? GONE) > after) kept++;
    // At least half of it is free then: the cost of building stays in proportion.
    let capacity = LEAST_ROWS;
    while (capacity < 2 * kept) capacity *= 2;
    this.#allocate(capacity);
    let held = 0;
    for (let at = 0; at < size; at++) {
      const time = places[2 * at] ?? GONE;
      if (!(time > after)) continue;
      this.add(links[2 * at] ?? 0, time, places[2 * at + 1] ?? 0, slots[at]);
      if (slots[at] !== undefined) held++;
    }
    return held;
  }

  clear(): void {
    this.#allocate(LEAST_ROWS);
  }

  #same(hash: number, from: number): number {
    let at = from;
    while (at !== NOBODY && this.#links[2 * at] !== hash) at = this.#links[2 * at + 1] ?? NOBODY;
    return at;
  }

  #allocate(capacity: number): void {
    this.#first = filled(capacity);
    this.#links = new Int32Array(2 * capacity);
    this.#places = new Float64Array(2 * capacity);
    this.#slots = [];
    this.#size = 0;
  }
}

function filled(length: number): Int32Array {
  return new Int32Array(length).fill(NOBODY);
}
