import type { Serde } from '../../serde/serde.ts';
import { sessionWindowed, type Windowed, windowed, windowedBy } from '../../serde/windowed.ts';
import type { ReadOnlyTimedStore, Row } from '../../state/store.ts';
import type { TimedKind } from '../../state/timed-key.ts';
import type { CountedWindows, SessionWindows, SlidingWindows, TimeWindows, Windows } from '../../topology/windows.ts';
import { unreachable } from '../../util/assert.ts';
import type { WindowRows } from './window-closer.ts';

/** How windows of a kind are kept: closing times, store, least retention, bytes of their keys. */
export interface WindowShape<K> extends WindowRows {
  readonly store: TimedKind;
  /** A window may change as long, counted from the time of its row to the newest one. */
  readonly leastRetentionMs: number;
  /** How long after its end a window may change. */
  readonly graceMs: number;
  readonly key: Serde<Windowed<K>>;
  /** The row of a window. */
  find<A>(store: ReadOnlyTimedStore<K, A>, window: Windowed<K>): Row<A> | undefined;
}

export function windowShape<K>(windows: Windows, key: Serde<K>): WindowShape<K> {
  switch (windows.kind) {
    case 'time':
      return timeShape(windows, key);
    case 'sliding':
      return slidingShape(windows, key);
    case 'session':
      return sessionShape(windows, key);
    case 'count':
      return countShape(windows, key);
    default:
      return unreachable(windows);
  }
}

function timeShape<K>(windows: TimeWindows, key: Serde<K>): WindowShape<K> {
  const { graceMs, sizeMs } = windows;
  return {
    store: 'window',
    graceMs,
    leastRetentionMs: sizeMs + graceMs,
    key: windowedBy(key, windows.endOf),
    closedAt: (time) => windows.lastEnded(time - graceMs),
    closesAt: (start) => windows.endOf(start) + graceMs,
    window: ({ key, time }) => ({ key, start: time, end: windows.endOf(time) }),
    find: (store, { key, start }) => store.get(key, start),
  };
}

function slidingShape<K>({ differenceMs, graceMs }: SlidingWindows, key: Serde<K>): WindowShape<K> {
  const openFor = differenceMs + graceMs;
  return {
    store: 'window',
    graceMs,
    leastRetentionMs: openFor + differenceMs,
    key: windowed(key, differenceMs),
    closedAt: (time) => time - openFor - 1,
    closesAt: (start) => start + openFor + 1,
    window: ({ key, time }) => ({ key, start: time, end: time + differenceMs }),
    find: (store, { key, start }) => store.get(key, start),
  };
}

function sessionShape<K>({ gapMs, graceMs }: SessionWindows, key: Serde<K>): WindowShape<K> {
  const openFor = gapMs + graceMs;
  return {
    store: 'session',
    graceMs: openFor,
    leastRetentionMs: openFor,
    key: sessionWindowed(key),
    closedAt: (time) => time - openFor - 1,
    closesAt: (end) => end + openFor + 1,
    window: ({ key, time, order }) => ({ key, start: order, end: time }),
    find: (store, { key, start, end }) => store.get(key, end, start),
  };
}

/** Windows by count close by themselves, not by time. */
function countShape<K>({ size }: CountedWindows, key: Serde<K>): WindowShape<K> {
  return {
    store: 'count',
    graceMs: 0,
    leastRetentionMs: Number.POSITIVE_INFINITY,
    key: windowed(key, size),
    closedAt: () => -1,
    closesAt: () => 0,
    window: ({ key, time }) => ({ key, start: time, end: time + size }),
    find: (store, { key, start }) => store.fetch(key, start, start)[0],
  };
}
