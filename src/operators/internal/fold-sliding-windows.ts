/**
 * Aggregation by sliding windows, of the difference `d`.
 *
 * State: one row a window, at its start; its timestamp is that of the newest record in it. A record at `t` ends the
 * window [t - d, t] (its own) and begins the window [t + 1, t + 1 + d] if later records are in it. So each set of records
 * at most `d` apart has exactly one window, if for each record
 * - all windows that hold it take it in;
 * - the window right after the record before it exists now, since it has a record now;
 * - its own window exists: the records before it in `d`, which are those of the last window that ended before `t`;
 * - the window right after it exists if it has records: those of the earliest later window that holds it, and later.
 *
 * The order of the updates is Kafka Streams': windows that hold it from the newest start to the oldest, then the other
 * three as above. A record with `t < d` has no window of its own but [0, d], and another order: windows that hold it
 * from the oldest start, without [0, d]; the one right after it; the one right after the record before; [0, d].
 */
import type { Headers } from '../../log/port.ts';
import type { Entry, TimedKey } from '../../state/store.ts';
import type { StreamRecord } from '../../topology/records.ts';
import type { SlidingWindows } from '../../topology/windows.ts';
import type { LiveWindows, WindowProcess } from './window-fold.ts';

/** What a window holds; null where the aggregate is, before its first value. */
interface Content<A> {
  readonly value: A | null;
  readonly timestamp: number;
}

export function foldSlidingWindows<K, A>(live: LiveWindows<K, A>, windows: SlidingWindows): WindowProcess<K> {
  const { clock, closer, compat, drop, late } = live;
  const { differenceMs, graceMs } = windows;
  const slide = new SlidingFold(live, windows);
  return (record) => {
    const { key, value, timestamp, headers } = record;
    if (key === null) return drop('null key');
    if (value === null) return drop('null value');
    const time = clock.advance(timestamp);
    const isEarly = timestamp < differenceMs;
    if (!compat) closer.close(time, headers);
    if (timestamp + 1 + differenceMs <= time - graceMs) {
      late(record, { key, start: Math.max(0, timestamp - differenceMs), end: Math.max(timestamp, differenceMs) });
      return;
    }
    if (isEarly) slide.early(record, time);
    else slide.take(record, time);
    if (compat && !isEarly) closer.close(time, headers);
  };
}

class SlidingFold<K, A> {
  readonly #live: LiveWindows<K, A>;
  readonly #difference: number;
  readonly #grace: number;

  constructor(live: LiveWindows<K, A>, { differenceMs, graceMs }: SlidingWindows) {
    this.#live = live;
    this.#difference = differenceMs;
    this.#grace = graceMs;
  }

  take(record: StreamRecord<K, unknown>, time: number): void {
    const { key, timestamp } = record;
    const difference = this.#difference;
    const starts = new Set<number>();
    let before: Content<A> | undefined;
    let after: Content<A> | undefined;
    let previous: number | undefined;
    let hasOwn = false;
    for (const row of this.#around(record, true)) {
      const start = row.key.time;
      const end = start + difference;
      starts.add(start);
      if (start === timestamp + 1) continue;
      if (end < timestamp) {
        before = content(row);
        previous = row.timestamp;
        break;
      }
      if (end > timestamp) after ??= content(row);
      else hasOwn = true;
      this.#update(record, start, content(row), time);
      if (end > timestamp) continue;
      // Another record has this very timestamp: it has made all windows that this one needs.
      if (row.timestamp >= timestamp) return;
      previous = row.timestamp;
    }
    if (previous !== undefined) this.#afterPrevious(record, { previous, starts, time });
    if (!hasOwn) {
      const holdsBefore = previous !== undefined && timestamp - difference <= previous;
      const own = holdsBefore && before !== undefined ? { value: before.value, timestamp } : undefined;
      this.#update(record, timestamp - difference, own ?? this.#empty(key, timestamp), time);
    }
    if (!starts.has(timestamp + 1)) this.#after(record, after);
  }

  early(record: StreamRecord<K, unknown>, time: number): void {
    const { key, timestamp } = record;
    const starts = new Set<number>();
    let combined: Content<A> | undefined;
    let after: Content<A> | undefined;
    let previous: number | undefined;
    for (const row of this.#around(record, false)) {
      const start = row.key.time;
      starts.add(start);
      if (start === 0) {
        combined = content(row);
        if (row.timestamp < timestamp) previous = row.timestamp;
      } else if (start <= timestamp) {
        after = content(row);
        this.#update(record, start, after, time);
      }
    }
    // Without such a window, no record is both before and after this one: all of [0, d] is after it, or none.
    if (after === undefined && combined !== undefined && combined.timestamp > timestamp) after = combined;
    if (!starts.has(timestamp + 1)) this.#after(record, after);
    if (previous !== undefined) this.#afterPrevious(record, { previous, starts, time });
    this.#update(record, 0, combined ?? this.#empty(key, timestamp), time);
  }

  /** The windows of the key that may matter: from those that just ended to the one right after the record. */
  #around({ key, timestamp }: StreamRecord<K, unknown>, reverse: boolean): readonly Entry<TimedKey<K>, A>[] {
    const from = Math.max(0, timestamp - 2 * this.#difference);
    return this.#live.store.fetch(key, from, timestamp + 1, reverse);
  }

  #empty(key: K, timestamp: number): Content<A> {
    return { value: this.#live.fold.initial(key), timestamp };
  }

  /** The window right after the record before: this record may be its first. */
  #afterPrevious(
    record: StreamRecord<K, unknown>,
    { previous, starts, time }: { previous: number; starts: ReadonlySet<number>; time: number },
  ): void {
    const start = previous + 1;
    if (starts.has(start) || start + this.#difference < record.timestamp) return;
    this.#update(record, start, this.#empty(record.key, record.timestamp), time);
  }

  /** The window right after the record: a copy of what is later than the record. */
  #after({ key, timestamp, headers }: StreamRecord<K, unknown>, after: Content<A> | undefined): void {
    if (after === undefined || after.timestamp <= timestamp) return;
    this.#write(key, timestamp + 1, after, { before: null, headers });
  }

  #update(record: StreamRecord<K, unknown>, start: number, old: Content<A>, time: number): void {
    const { key, value, timestamp, headers } = record;
    const end = start + this.#difference;
    if (end < time - this.#grace) {
      this.#live.late(record, { key, start, end });
      return;
    }
    const next = this.#live.add(old.value, value, key);
    const newest = old.value === null ? timestamp : Math.max(timestamp, old.timestamp);
    this.#write(key, start, { value: next, timestamp: newest }, { before: old.value, headers });
  }

  #write(
    key: K,
    start: number,
    { value, timestamp }: Content<A>,
    { before, headers }: { before: A | null; headers: Headers },
  ): void {
    const { store, emitter, compat } = this.#live;
    const stored = store.get(key, start)?.value;
    store.put({ key, time: start, order: 0 }, value, timestamp);
    // Where the window counts as new: of two updates in a row that make the same one, the second does too.
    const claimed = before !== null && before !== stored ? before : undefined;
    const oldValue = compat ? before : (stored ?? null);
    emitter.update(key, start, start + this.#difference, { value, oldValue, claimed, timestamp, headers });
  }
}

function content<A>({ value, timestamp }: Entry<unknown, A>): Content<A> {
  return { value, timestamp };
}
