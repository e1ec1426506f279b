/** What a kind of window is, to the algorithms that aggregate by it. Users make them with `tumbling`, `session`, … */

interface AnyWindows {
  /** For descriptions and errors: `tumbling(60000)`. */
  readonly name: string;
  /** How late a record may be, ms. */
  readonly graceMs: number;
}

/** Windows that are fixed beforehand: tumbling, hopping, unlimited, calendar. They do not hold their end. */
export interface TimeWindows extends AnyWindows {
  readonly kind: 'time';
  /** The longest one, ms. */
  readonly sizeMs: number;
  /** The start of the first window that holds a time; more than the time where none does. */
  firstStart(time: number): number;
  /** The start of the window after the one that starts at `start`. */
  nextStart(start: number): number;
  endOf(start: number): number;
  /** The last time of which it holds that windows that start then, or before, end at `time` at the latest. */
  lastEnded(time: number): number;
}

/** Windows as long as the difference, wherever the records of a key make another set of them. They hold their end. */
export interface SlidingWindows extends AnyWindows {
  readonly kind: 'sliding';
  readonly differenceMs: number;
}

/** Records of a key with no more than the gap between one and the next. They hold their end. */
export interface SessionWindows extends AnyWindows {
  readonly kind: 'session';
  readonly gapMs: number;
}

/** Each `size` records of a key. Their start and end are places in the key's sequence, from 0. */
export interface CountedWindows extends AnyWindows {
  readonly kind: 'count';
  readonly size: number;
}

export type Windows = TimeWindows | SlidingWindows | SessionWindows | CountedWindows;
