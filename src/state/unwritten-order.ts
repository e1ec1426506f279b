import type { SqlValue } from '../serde/serde.ts';
import { compareKeys } from './key-order.ts';
import { isWithin, type RangeBounds } from './range-bounds.ts';
import type { Slot } from './slot.ts';
import type { KeyedChange } from './sorted-changes.ts';

/** Of a key that the table does not hold yet. */
export interface Place<K, V> {
  readonly columns: readonly SqlValue[];
  /** What the table does not hold yet stays in its slot, whose change is always the newest. */
  readonly slot: Slot<K, V>;
}

/** Places of a chunk at most: to add one moves half of them. */
const CHUNK = 512;

/** The keys of all changes that a table does not hold yet, in key order, so that a range need not look at each of them. */
export class UnwrittenOrder<K, V> {
  /** Never empty ones; each after the one before. */
  readonly #chunks: Place<K, V>[][];

  /** Of keys in any order, no two alike. */
  constructor(places: Place<K, V>[]) {
    places.sort((a, b) => compareKeys(a.columns, b.columns));
    this.#chunks = [];
    for (let at = 0; at < places.length; at += CHUNK / 2) this.#chunks.push(places.slice(at, at + CHUNK / 2));
  }

  /** Adds a key that is not there. */
  add(columns: readonly SqlValue[], slot: Slot<K, V>): void {
    const place = { columns, slot };
    const at = Math.min(this.#chunkOf(columns), this.#chunks.length - 1);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([place]);
      return;
    }
    chunk.splice(placeOf(chunk, columns), 0, place);
    if (chunk.length > CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK / 2));
  }

  /** The newest changes within bounds, in key order. */
  within(bounds: RangeBounds): KeyedChange<K, V>[] {
    const found: KeyedChange<K, V>[] = [];
    const { from, to } = bounds;
    const first = from === undefined ? 0 : this.#chunkOf(from);
    for (let at = first; at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] ?? [];
      for (let i = at === first && from !== undefined ? placeOf(chunk, from) : 0; i < chunk.length; i++) {
        const place = chunk[i];
        if (place === undefined) continue;
        if (to !== undefined && compareKeys(place.columns, to) > 0) return found;
        if (isWithin(bounds, place.columns)) found.push({ columns: place.columns, change: place.slot.change });
      }
    }
    return found;
  }

  /** The first chunk that reaches as far as the key. */
  #chunkOf(columns: readonly SqlValue[]): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#chunks[middle]?.at(-1);
      if (last !== undefined && compareKeys(last.columns, columns) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The place of the first key that is not less. */
function placeOf(chunk: readonly Place<unknown, unknown>[], columns: readonly SqlValue[]): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const place = chunk[middle];
    if (place !== undefined && compareKeys(place.columns, columns) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
