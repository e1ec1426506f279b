import type { SqlValue } from '../../serde/serde.ts';
import { compareKeys } from '../key-order.ts';
import type { Entry } from '../store.ts';

/** A row, and the columns by which it has its place. */
export interface Place<K, V> {
  readonly columns: readonly SqlValue[];
  readonly entry: Entry<K, V>;
}

/** Rows in an order of columns, of which no two rows have the same: made when it is first asked for, then kept up. */
export class SortedRows<K, V> {
  readonly #columnsOf: (key: K) => readonly SqlValue[];
  #places: Place<K, V>[] | undefined;

  constructor(columnsOf: (key: K) => readonly SqlValue[]) {
    this.#columnsOf = columnsOf;
  }

  /** All places in their order, to be read before the next change; `rows` are what it is made of where it is not there. */
  of(rows: Iterable<Entry<K, V>>): readonly Place<K, V>[] {
    this.#places ??= Array.from(rows, (entry) => ({ columns: this.#columnsOf(entry.key), entry })).sort((a, b) =>
      compareKeys(a.columns, b.columns),
    );
    return this.#places;
  }

  set(entry: Entry<K, V>): void {
    const places = this.#places;
    if (places === undefined) return;
    const columns = this.#columnsOf(entry.key);
    const at = firstAt(places, columns);
    places.splice(at, hasAt(places, at, columns) ? 1 : 0, { columns, entry });
  }

  delete(key: K): void {
    const places = this.#places;
    if (places === undefined) return;
    const columns = this.#columnsOf(key);
    const at = firstAt(places, columns);
    if (hasAt(places, at, columns)) places.splice(at, 1);
  }

  /** Takes the first ones out. */
  cut(count: number): void {
    this.#places?.splice(0, count);
  }

  /** To be made anew when it is next asked for: where so much changes that this is less work. */
  forget(): void {
    this.#places = undefined;
  }
}

/** Where the first place is that is not before the columns, of which there may be fewer than a place has. */
export function firstAt(places: readonly Place<unknown, unknown>[], columns: readonly SqlValue[]): number {
  return firstWhere(places, (place) => compareKeys(place.columns, columns) >= 0);
}

/** Where the first place is of which this is true; it is so of all behind that. */
export function firstWhere<P extends Place<unknown, unknown>>(
  places: readonly P[],
  isBehind: (place: P) => boolean,
): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const place = places[middle];
    if (place !== undefined && !isBehind(place)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function hasAt(places: readonly Place<unknown, unknown>[], at: number, columns: readonly SqlValue[]): boolean {
  const place = places[at];
  return place !== undefined && compareKeys(place.columns, columns) === 0;
}
