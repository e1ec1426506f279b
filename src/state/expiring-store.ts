/**
 * A store whose rows have a time to live, over two stores: the rows themselves, and beside them, for each key, when to look
 * at its row next. What is needed to delete a row is so in changelogs, as safe as the row.
 *
 * A row that is written again is not looked for anew: the entry of its key stays where it is, before the new end, and moves
 * there when its time has come. So there is at most one entry a key, and of a row that changes all the time it is written
 * once in a time to live. An entry whose row is deleted goes away in the same way.
 *
 * The time up to which rows are deleted is a mark of the entries: what was late before a restart is late after it, and
 * no entry is older than it.
 */
import type { Columns } from '../serde/serde.ts';
import type { KeyValueStore, Row, TimedKey, TimedStore } from './store.ts';
import { UpcomingEnds } from './upcoming-ends.ts';

export interface ExpiringStoreOptions<K, V> {
  readonly rows: KeyValueStore<K, V>;
  /** Of each key: the time at which to look at its row, and the row's time to live, ms. */
  readonly ends: TimedStore<K, number>;
  readonly key: Columns<K>;
  /** Of rows that have none of their own; infinite: they live for ever. */
  readonly timeToLive: number;
  /** A row has ended, at `end`: deletes it. */
  readonly expire: (key: K, row: Row<V>, end: number) => void;
  /** Told of a row that was not written, since it had ended already. */
  readonly late: () => void;
}

/** The mark that keeps the time up to which rows are deleted. */
const TIME = 'time';

/** The end of rows that live for ever, or longer than times go. */
const FOREVER = Number.POSITIVE_INFINITY;

export class ExpiringStore<K, V> {
  readonly #rows: KeyValueStore<K, V>;
  readonly #ends: TimedStore<K, number>;
  readonly #options: ExpiringStoreOptions<K, V>;
  readonly #upcoming: UpcomingEnds<K>;

  constructor(options: ExpiringStoreOptions<K, V>) {
    this.#rows = options.rows;
    this.#ends = options.ends;
    this.#options = options;
    this.#upcoming = new UpcomingEnds(options.ends, options.key);
  }

  /** Until then no row ends; infinite where none ever does. */
  get due(): number {
    return this.#upcoming.first(this.#time())?.time ?? FOREVER;
  }

  /** Deletes the rows that have ended at `time`. */
  advance(time: number): void {
    const last = this.#time();
    if (time <= last) return;
    for (let next = this.#upcoming.first(last); next !== undefined; next = this.#upcoming.first(last)) {
      if (next.time > time) break;
      this.#upcoming.shift();
      this.#look({ ...next, order: 0 }, time);
    }
    this.#ends.setMark(TIME, time);
  }

  /** Null deletes. False where the row has ended already: it is not written, and an older one stays. */
  put(key: K, value: V | null, timestamp: number, timeToLive = this.#options.timeToLive): boolean {
    if (value === null) {
      this.#rows.put(key, null, timestamp);
      return true;
    }
    if (endOf(timestamp, timeToLive) <= this.#time()) {
      this.#options.late();
      return false;
    }
    this.#rows.put(key, value, timestamp);
    this.#note(key, timestamp, timeToLive);
    return true;
  }

  /** Up to it, rows are deleted. */
  #time(): number {
    return this.#ends.mark(TIME) ?? this.#begin();
  }

  /** Rows from before the store had a time to live get it too: all that are there before the first use. */
  #begin(): number {
    const { timeToLive } = this.#options;
    this.#ends.setMark(TIME, 0);
    for (const { key, timestamp } of timeToLive === FOREVER ? [] : this.#rows.range())
      this.#note(key, timestamp, timeToLive);
    return 0;
  }

  /** Sees to it that the row is looked at when it ends, or before. */
  #note(key: K, timestamp: number, timeToLive: number): void {
    const [entry] = this.#ends.fetch(key, 0, Number.MAX_SAFE_INTEGER);
    const end = endOf(timestamp, timeToLive);
    const time = Math.min(entry?.key.time ?? end, end);
    if (entry !== undefined && time === entry.key.time && entry.value === timeToLive) return;
    if (entry !== undefined && (time !== entry.key.time || end === FOREVER)) this.#ends.put(entry.key, null, timestamp);
    if (end === FOREVER) return;
    this.#ends.put({ key, time, order: 0 }, timeToLive, timestamp);
    this.#upcoming.add({ key, time });
  }

  #look(at: TimedKey<K>, time: number): void {
    const timeToLive = this.#ends.get(at.key, at.time)?.value;
    if (timeToLive === undefined) return;
    this.#ends.put(at, null, time);
    const row = this.#rows.get(at.key);
    if (row === undefined) return;
    const end = endOf(row.timestamp, timeToLive);
    if (end > time) this.#note(at.key, row.timestamp, timeToLive);
    else this.#options.expire(at.key, row, end);
  }
}

function endOf(timestamp: number, timeToLive: number): number {
  const end = timestamp + timeToLive;
  return end > Number.MAX_SAFE_INTEGER ? FOREVER : end;
}
