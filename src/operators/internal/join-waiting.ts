/**
 * The rows of a left or outer join of streams that wait for a partner, and when to look at them.
 *
 * To look at every row for each record would be slow, so the join remembers `m`, a time before which it has no reason to
 * look. Kafka Streams defines `m` by how it walks its list, and so decides when rows come out; here is the same without
 * the walk:
 *
 * - A search makes `m` infinite, then goes through all rows in the order of time, side (right first), key, arrival, and
 *   sets `m` to the time of each row it comes to. It ends at the row after it has met rows of both sides that are not due.
 * - Rows of a side that come after one that is not due are not due either, so all due rows come out, whatever the end.
 *   They are those before a time of their side; `m` then follows from at most two further rows of each side, or from the
 *   last row, which the stores find by their index.
 *
 * State: the rows, in a store for each side that waits; `m` and the time of the join, which are kept in fields and
 * written as marks of the left store when the task commits.
 */
import type { Entry, TimedKey, TimedStore } from '../../state/store.ts';

/** Stands for an infinite time where a number is stored. */
const NEVER = Number.MAX_SAFE_INTEGER;
const TIME = 'time';
const MIN = 'm';

/** How far the two windows reach from a record, and how late records may be; ms. */
export interface JoinWindow {
  readonly before: number;
  readonly after: number;
  readonly grace: number;
}

export type Side = 'left' | 'right';

interface WaitingRow<K> {
  readonly side: Side;
  readonly entry: Entry<TimedKey<K>, unknown>;
}

export class WaitingRows<K> {
  readonly #left: TimedStore<K, unknown>;
  /** Undefined in a left join: there right rows do not wait. */
  readonly #right: TimedStore<K, unknown> | undefined;
  readonly #window: JoinWindow;
  /** Undefined until it is first needed: stores are restored after the graph is built. */
  #time: number | undefined;
  #m = NEVER;

  constructor(left: TimedStore<K, unknown>, right: TimedStore<K, unknown> | undefined, window: JoinWindow) {
    this.#left = left;
    this.#right = right;
    this.#window = window;
  }

  /** The largest timestamp that either side has seen. */
  get time(): number {
    return this.#time ?? this.#recall();
  }

  /** A record of either side has come, whatever is in it. */
  advance(timestamp: number): void {
    if (timestamp > this.time) this.#time = timestamp;
  }

  /** A record waits from now on. */
  add(side: Side, key: K, value: unknown, timestamp: number): void {
    const store = this.#of(side);
    if (store === undefined) return;
    if (timestamp < this.#m) this.#m = timestamp;
    store.append(key, timestamp, value, timestamp);
  }

  /** A record has found a partner: it waits no longer, nor do others of its key and time. */
  remove(side: Side, key: K, timestamp: number): void {
    const store = this.#of(side);
    if (store === undefined) return;
    for (const { key: at } of store.fetch(key, timestamp, timestamp)) store.put(at, null, timestamp);
  }

  /** What is due as a record of `side` arrives, in order. It waits no longer. */
  takeDue(side: Side): readonly WaitingRow<K>[] {
    const { before, after, grace } = this.#window;
    const reach = side === 'left' ? after : before;
    if (this.#m === NEVER || this.#m + reach + grace >= this.time) return [];
    const leftDue = this.time - after - grace;
    const rightDue = this.time - before - grace;
    const due = [...this.#due('right', rightDue), ...this.#due('left', leftDue)].sort(inOrder);
    for (const { side, entry } of due) this.#of(side)?.put(entry.key, null, entry.timestamp);
    this.#m = this.#nextM(leftDue, rightDue, due.at(-1)?.entry.key.time);
    return due;
  }

  /** Writes what must survive. */
  flush(): void {
    if (this.#time === undefined) return;
    if (this.#time >= 0) this.#left.setMark(TIME, this.#time);
    this.#left.setMark(MIN, this.#m);
  }

  #recall(): number {
    this.#m = this.#left.mark(MIN) ?? NEVER;
    this.#time = this.#left.mark(TIME) ?? -1;
    return this.#time;
  }

  #of(side: Side): TimedStore<K, unknown> | undefined {
    return side === 'left' ? this.#left : this.#right;
  }

  #due(side: Side, before: number): WaitingRow<K>[] {
    const rows = this.#of(side)?.fetchAll(Number.MIN_SAFE_INTEGER, before - 1) ?? [];
    return rows.map((entry) => ({ side, entry }));
  }

  /** The time of the last row that the search comes to; `lastDue` is that of the last one it took. */
  #nextM(leftDue: number, rightDue: number, lastDue: number | undefined): number {
    const [left, nextLeft] = this.#left.times(leftDue, 2);
    const [right, nextRight] = this.#right?.times(rightDue, 2) ?? [];
    if (left === undefined || right === undefined) {
      const last = Math.max(lastDue ?? -1, this.#left.lastTime ?? -1, this.#right?.lastTime ?? -1);
      return last < 0 ? NEVER : last;
    }
    // At the same time right rows come first, so the left one is the later one there.
    const candidates =
      left >= right ? [nextLeft, this.#right?.times(left + 1, 1)[0]] : [nextRight, this.#left.times(right, 1)[0]];
    const next = Math.min(...candidates.map((time) => time ?? NEVER));
    return next === NEVER ? Math.max(left, right) : next;
  }
}

/** By time, then right before left; a stable sort keeps the stores' order of key and arrival. */
function inOrder(a: WaitingRow<unknown>, b: WaitingRow<unknown>): number {
  return a.entry.key.time - b.entry.key.time || Number(a.side === 'left') - Number(b.side === 'left');
}
