import type { CommittedTable, Entry, TimedKey } from './store.ts';

/** Bounds that every back end can take. */
export const FIRST_TIME = Number.MIN_SAFE_INTEGER;
export const LAST_TIME = Number.MAX_SAFE_INTEGER;

/**
 * The rows of a table by time, without asking it where it is known to have none: closing windows ask at almost every
 * record, and mostly in vain.
 */
export class CommittedTimes<K, V> {
  readonly #table: CommittedTable<TimedKey<K>, V>;
  /** From one to the other, both inclusive, the table has no row. */
  #emptyFrom = FIRST_TIME;
  #emptyTo = LAST_TIME;

  constructor(table: CommittedTable<TimedKey<K>, V>) {
    this.#table = table;
    this.reset();
  }

  /** The table was changed by others. */
  reset(): void {
    this.#emptyFrom = FIRST_TIME;
    this.#emptyTo = this.#table.isEmpty() ? LAST_TIME : FIRST_TIME;
  }

  /** A row of this time is in the table now. */
  added(time: number): void {
    if (time >= this.#emptyFrom && time <= this.#emptyTo) this.#emptyTo = time - 1;
  }

  within(from: number, to: number): readonly Entry<TimedKey<K>, V>[] {
    const [first, last] = [Math.max(from, FIRST_TIME), Math.min(to, LAST_TIME)];
    if (first > last || (first >= this.#emptyFrom && last <= this.#emptyTo)) return [];
    const rows = this.#table.byIndex(first, last);
    if (last < LAST_TIME) {
      const next = this.#table.byIndex(last + 1, LAST_TIME, 1)[0];
      this.#emptyFrom = rows.length === 0 ? first : last + 1;
      this.#emptyTo = (next?.key.time ?? LAST_TIME) - (next === undefined ? 0 : 1);
    }
    return rows;
  }

  /** The times of the first rows from a time on that are still so, ascending. */
  first(from: number, limit: number, isKept: (row: Entry<TimedKey<K>, V>) => boolean): number[] {
    if (from >= this.#emptyFrom && this.#emptyTo === LAST_TIME) return [];
    const rows = this.#search((n) => this.#table.byIndex(from, LAST_TIME, n), limit, isKept);
    return rows.map(({ key }) => key.time);
  }

  /** The time of the last row that is still so. */
  last(isKept: (row: Entry<TimedKey<K>, V>) => boolean): number | undefined {
    if (this.#emptyFrom === FIRST_TIME && this.#emptyTo === LAST_TIME) return undefined;
    const [row] = this.#search((n) => this.#table.byIndex(FIRST_TIME, LAST_TIME, n, true), 1, isKept);
    return row?.key.time;
  }

  /** Looks at more and more rows, since those at hand may be changed or deleted by now. */
  #search(
    read: (limit: number) => readonly Entry<TimedKey<K>, V>[],
    limit: number,
    isKept: (row: Entry<TimedKey<K>, V>) => boolean,
  ): readonly Entry<TimedKey<K>, V>[] {
    for (let size = 4 * limit; ; size *= 4) {
      const rows = read(size);
      const kept = rows.filter(isKept);
      if (kept.length >= limit || rows.length < size) return kept.slice(0, limit);
    }
  }
}
