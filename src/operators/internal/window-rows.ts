import type { Serde } from '../../serde/serde.ts';
import { sessionWindowed, type Windowed, windowed, windowedBy } from '../../serde/windowed.ts';
import type { TimedKind } from '../../state/timed-key.ts';
import type { SessionWindows, SlidingWindows, TimeWindows } from '../../topology/windows.ts';
import type { WindowRows } from './window-closer.ts';

export type StoredWindows = TimeWindows | SlidingWindows | SessionWindows;

/** How windows of a kind are kept: closing times, store, least retention, bytes of their keys. */
export interface WindowShape<K> extends WindowRows {
  readonly store: TimedKind;
  /** A window may change as long, counted from the time of its row to the newest one. */
  readonly leastRetentionMs: number;
  /** How long after its end a window may change. */
  readonly graceMs: number;
  readonly key: Serde<Windowed<K>>;
  /** The time and order of the row of a window. */
  place(window: Windowed<K>): readonly [time: number, order: number];
}

export function windowShape<K>(windows: StoredWindows, key: Serde<K>): WindowShape<K> {
  if (windows.kind === 'time') return timeShape(windows, key);
  return windows.kind === 'sliding' ? slidingShape(windows, key) : sessionShape(windows, key);
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
    place: ({ start }) => [start, 0],
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
    place: ({ start }) => [start, 0],
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
    place: ({ start, end }) => [end, start],
  };
}
