/**
 * What `suppress` holds back.
 *
 * State: a timed store with one row for each key that is held back, at the time at which it was first held; the
 * operator's own time, and how many rows and bytes there are, as marks of the store. So all of it is committed with the
 * work, and comes back after a crash.
 *
 * Order: rows come out by that time, then by key. A later change of a held key takes the place of the earlier one and
 * keeps its time.
 *
 * Old values: a row that comes out says as its old value what was last passed on of its key, which is what the first held
 * change has replaced. (Kafka Streams says what the newest one has replaced; `compat` does the same.)
 */
import type { Columns, SqlValue } from '../../serde/serde.ts';
import type { Entry, Row, TimedKey, TimedStore } from '../../state/store.ts';
import type { TableChange } from '../../topology/records.ts';
import type { HeldRow } from './held-row-serde.ts';

const TIME = 'time';
const ROWS = 'rows';
const BYTES = 'bytes';
/** Beside key, value and headers: two times. */
const ROW_BYTES = 16;

export interface SuppressLimits {
  readonly maxRecords?: number | undefined;
  readonly maxBytes?: number | undefined;
}

export interface SuppressBufferOptions<K, V> {
  readonly store: TimedStore<K, HeldRow<V>>;
  readonly columns: { readonly key: Columns<K>; readonly row: Columns<HeldRow<V>> };
  /** The time by which a change is held; a key that is held keeps its first one. */
  readonly timeOf: (change: TableChange<K, V>) => number;
  /** The time of a key, where it does not depend on the change. */
  readonly timeOfKey: ((key: K) => number) | undefined;
  readonly limits: SuppressLimits;
  readonly compat: boolean;
  readonly emit: (change: TableChange<K, V>) => void;
}

export class SuppressBuffer<K, V> {
  readonly #options: SuppressBufferOptions<K, V>;
  readonly #store: TimedStore<K, HeldRow<V>>;
  readonly #isLimited: boolean;
  /** No row is held for an earlier time; unknown until the store has been looked at. */
  #earliest: number | undefined;
  /** The row that is coming out: to its readers it is held still. */
  #leaving: Entry<TimedKey<K>, HeldRow<V>> | undefined;

  constructor(options: SuppressBufferOptions<K, V>) {
    this.#options = options;
    this.#store = options.store;
    const { maxRecords, maxBytes } = options.limits;
    this.#isLimited = maxRecords !== undefined || maxBytes !== undefined;
  }

  /** The largest timestamp of a change so far; -1 before the first. */
  get time(): number {
    return this.#store.mark(TIME) ?? -1;
  }

  /** A change of this timestamp has come. */
  advance(timestamp: number): void {
    if (timestamp > this.time) this.#store.setMark(TIME, timestamp);
  }

  hold(change: TableChange<K, V>): void {
    const { key, value, oldValue, timestamp, headers } = change;
    const held = this.#find(key);
    const at = held?.key ?? { key, time: this.#options.timeOf(change), order: 0 };
    const prior = held === undefined ? oldValue : held.value.prior;
    const row: HeldRow<V> = { value, prior, replaced: this.#options.compat ? oldValue : null, headers };
    this.#store.put(at, row, timestamp);
    if (this.#isLimited) this.#count(held === undefined ? 1 : 0, this.#size(key, row) - this.#sizeOf(held));
    if (this.#earliest !== undefined && at.time < this.#earliest) this.#earliest = at.time;
  }

  /** Lets out what was held for `time` and before. */
  release(time: number): void {
    this.#earliest ??= this.#firstFrom(0);
    if (time < this.#earliest) return;
    // Not from 0: the store remembers the places of rows that are gone until they are committed.
    for (const row of this.#store.fetchAll(this.#earliest, time)) this.#release(row);
    this.#earliest = this.#firstFrom(time + 1);
  }

  get isFull(): boolean {
    if (!this.#isLimited) return false;
    const { maxRecords = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = this.#options.limits;
    return this.rows > maxRecords || this.bytes > maxBytes;
  }

  /** Lets out what was held for the earliest times, while there is too much. */
  releaseWhileFull(): void {
    let first = this.#firstFrom(this.#earliest ?? 0);
    while (this.isFull && first < Number.POSITIVE_INFINITY) {
      for (const row of this.#store.fetchAll(first, first)) if (this.isFull) this.#release(row);
      first = this.#firstFrom(first);
    }
    this.#earliest = first;
  }

  /** Counted only where there is a limit. */
  get rows(): number {
    return this.#store.mark(ROWS) ?? 0;
  }

  get bytes(): number {
    return this.#store.mark(BYTES) ?? 0;
  }

  /** The row as it was last passed on; undefined where the key is not held, so that it is as the source has it. */
  passedOn(key: K, isSame: (a: K, b: K) => boolean): { readonly row: Row<V> | undefined } | undefined {
    const leaving = this.#leaving;
    const held = leaving !== undefined && isSame(leaving.key.key, key) ? leaving : this.#find(key);
    if (held === undefined) return undefined;
    const { prior } = held.value;
    // Its time is not known any more, in Kafka Streams either: whoever takes the later of two times takes the other one.
    return { row: prior === null ? undefined : { value: prior, timestamp: -1 } };
  }

  #find(key: K): Entry<TimedKey<K>, HeldRow<V>> | undefined {
    const { timeOfKey } = this.#options;
    const [from, to] = timeOfKey === undefined ? [0, Number.MAX_SAFE_INTEGER] : [timeOfKey(key), timeOfKey(key)];
    return this.#store.fetch(key, from, to)[0];
  }

  /** The first time, from one on, for which a row is held. */
  #firstFrom(time: number): number {
    return this.#store.times(time, 1)[0] ?? Number.POSITIVE_INFINITY;
  }

  #release(row: Entry<TimedKey<K>, HeldRow<V>>): void {
    const { key, timestamp } = row;
    const { value, prior, replaced, headers } = row.value;
    this.#store.put(key, null, timestamp);
    if (this.#isLimited) this.#count(-1, -this.#sizeOf(row));
    this.#leaving = row;
    try {
      const oldValue = this.#options.compat ? replaced : prior;
      this.#options.emit({ key: key.key, value, oldValue, timestamp, headers });
    } finally {
      this.#leaving = undefined;
    }
  }

  #count(rows: number, bytes: number): void {
    this.#store.setMark(ROWS, this.rows + rows);
    if (this.#options.limits.maxBytes !== undefined) this.#store.setMark(BYTES, this.bytes + bytes);
  }

  #sizeOf(row: Entry<TimedKey<K>, HeldRow<V>> | undefined): number {
    return row === undefined ? 0 : this.#size(row.key.key, row.value);
  }

  #size(key: K, row: HeldRow<V>): number {
    if (this.#options.limits.maxBytes === undefined) return 0;
    const { columns } = this.#options;
    return [...columns.key.write(key), ...columns.row.write(row)].reduce(
      (sum: number, value) => sum + sqlBytes(value),
      ROW_BYTES,
    );
  }
}

function sqlBytes(value: SqlValue): number {
  if (value === null) return 0;
  if (typeof value === 'string') return Buffer.byteLength(value);
  return typeof value === 'object' ? value.length : 8;
}
