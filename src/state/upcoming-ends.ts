import type { Columns } from '../serde/serde.ts';
import { BinaryHeap } from '../util/binary-heap.ts';
import { compareKeys } from './key-order.ts';
import type { ReadOnlyTimedStore } from './store.ts';

export interface UpcomingEnd<K> {
  readonly key: K;
  readonly time: number;
}

/** How many entries are read at once. */
const CHUNK = 512;

/**
 * The first entries of a timed store, in the order of time and key, in memory: they fall due one after the other, and to
 * ask the store at each step would be slow. An entry that was deleted meanwhile may still come out, so who takes one looks
 * whether the store has it.
 */
export class UpcomingEnds<K> {
  readonly #ends: ReadOnlyTimedStore<K, unknown>;
  #heap: BinaryHeap<UpcomingEnd<K>>;
  readonly #compare: (a: UpcomingEnd<K>, b: UpcomingEnd<K>) => number;
  /** The heap has all entries up to this time; -1: none were read. */
  #upTo = -1;
  /** More than so many are not kept. */
  #most = 0;

  constructor(ends: ReadOnlyTimedStore<K, unknown>, columns: Columns<K>) {
    this.#ends = ends;
    this.#compare = (a, b) => a.time - b.time || compareKeys(columns.write(a.key), columns.write(b.key));
    this.#heap = new BinaryHeap(this.#compare);
  }

  /** The first one, where there are none up to `after`. */
  first(after: number): UpcomingEnd<K> | undefined {
    if (this.#heap.size === 0 && this.#upTo !== Number.POSITIVE_INFINITY) this.#read(after);
    return this.#heap.peek();
  }

  /** Takes the first one away. */
  shift(): void {
    this.#heap.poll();
  }

  /** The store has one more. */
  add(end: UpcomingEnd<K>): void {
    if (end.time > this.#upTo) return;
    this.#heap.add(end);
    // As many as were read have been added: what is far away is better read again when its time is near.
    if (this.#heap.size > this.#most) this.#forget();
  }

  #read(after: number): void {
    this.#forget();
    const times = this.#ends.times(after + 1, CHUNK);
    const last = times.at(-1);
    this.#upTo = times.length < CHUNK || last === undefined ? Number.POSITIVE_INFINITY : last;
    const ends = last === undefined ? [] : this.#ends.fetchAll(after + 1, last);
    for (const { key } of ends) this.#heap.add({ key: key.key, time: key.time });
    this.#most = 2 * Math.max(CHUNK, ends.length);
  }

  #forget(): void {
    this.#heap = new BinaryHeap(this.#compare);
    this.#upTo = -1;
  }
}
