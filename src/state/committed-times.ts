import type { CommittedTable, Entry, TimedKey } from './store.ts';

/** Bounds that every back end can take. */
export const FIRST_TIME = Number.MIN_SAFE_INTEGER;
export const LAST_TIME = Number.MAX_SAFE_INTEGER;
const AFTER_ALL = LAST_TIME + 1;

type IsKept<K, V> = (row: Entry<TimedKey<K>, V>) => boolean;

/**
 * The rows of a table by time, without asking it where it is known to have none: closing windows ask at almost every
 * record, and mostly in vain.
 */
export class CommittedTimes<K, V> {
  readonly #table: CommittedTable<TimedKey<K>, V>;
  /** From one to the other, both inclusive, the table has no row that is still so. */
  #emptyFrom = FIRST_TIME;
  #emptyTo = LAST_TIME;

  constructor(table: CommittedTable<TimedKey<K>, V>) {
    this.#table = table;
    this.reset();
  }

  /** The table was changed by others. */
  reset(): void {
    this.#emptyFrom = FIRST_TIME;
    this.#emptyTo = this.#table.isEmpty() ? LAST_TIME : FIRST_TIME - 1;
  }

  /** A row of this time is in the table now. */
  added(time: number): void {
    if (time >= this.#emptyFrom && time <= this.#emptyTo) this.#emptyTo = time - 1;
  }

  /** Those that are still so. What is not is as good as gone until the table is written, and then it is gone. */
  within(from: number, to: number, isKept: IsKept<K, V>): readonly Entry<TimedKey<K>, V>[] {
    const [first, last] = [Math.max(from, FIRST_TIME), Math.min(to, LAST_TIME)];
    const start = this.#skip(first);
    if (start > last) return [];
    const rows = this.#table.byIndex(start, last).filter(isKept);
    this.#isEmpty(first, (rows[0]?.key.time ?? this.#nextTime(last)) - 1);
    return rows;
  }

  /** The times of the first rows from a time on that are still so, ascending. */
  first(from: number, limit: number, isKept: IsKept<K, V>): number[] {
    const start = this.#skip(from);
    if (start > LAST_TIME) return [];
    const rows = this.#search((n) => this.#table.byIndex(start, LAST_TIME, n), limit, isKept);
    this.#isEmpty(from, (rows[0]?.key.time ?? AFTER_ALL) - 1);
    return rows.map(({ key }) => key.time);
  }

  /** The time of the last row that is still so. */
  last(isKept: IsKept<K, V>): number | undefined {
    const start = this.#skip(FIRST_TIME);
    if (start > LAST_TIME) return undefined;
    const [row] = this.#search((n) => this.#table.byIndex(start, LAST_TIME, n, true), 1, isKept);
    if (row === undefined) this.#isEmpty(FIRST_TIME, LAST_TIME);
    return row?.key.time;
  }

  /** Where to begin to read: at the beginning mostly stand rows that were taken since the table was written. */
  #skip(from: number): number {
    return from >= this.#emptyFrom && from <= this.#emptyTo ? this.#emptyTo + 1 : from;
  }

  /** There is no row from one time to another, both inclusive. */
  #isEmpty(from: number, to: number): void {
    if (from < this.#emptyFrom || from > this.#emptyTo + 1) this.#emptyFrom = from;
    this.#emptyTo = to;
  }

  /** The time of the first row after one; it may have been taken. */
  #nextTime(last: number): number {
    return (last < LAST_TIME ? this.#table.byIndex(last + 1, LAST_TIME, 1)[0]?.key.time : undefined) ?? AFTER_ALL;
  }

  /** Looks at more and more rows, since those at hand may be changed or deleted by now. */
  #search(
    read: (limit: number) => readonly Entry<TimedKey<K>, V>[],
    limit: number,
    isKept: IsKept<K, V>,
  ): readonly Entry<TimedKey<K>, V>[] {
    for (let size = 4 * limit; ; size *= 4) {
      const rows = read(size);
      const kept = rows.filter(isKept);
      if (kept.length >= limit || rows.length < size) return kept.slice(0, limit);
    }
  }
}
