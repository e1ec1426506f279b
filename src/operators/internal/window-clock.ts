import type { TimedStore } from '../../state/store.ts';

/**
 * The time of one input of a windowed aggregation: the largest timestamp that it has taken. It is in the store, so that
 * what was late before a restart is late after it.
 */
export class WindowClock {
  readonly #store: TimedStore<unknown, unknown>;
  readonly #mark: string;
  /** How many records have come since the task was started. */
  taken = 0;

  /** `input` is the number of the input: each has a time of its own. */
  constructor(store: TimedStore<unknown, unknown>, input: number) {
    this.#store = store;
    this.#mark = `time${input}`;
  }

  get time(): number {
    return this.#store.mark(this.#mark) ?? -1;
  }

  /** Takes a record's timestamp, and gives the time. */
  advance(timestamp: number): number {
    this.taken++;
    return this.moveTo(timestamp);
  }

  /** Moves it on, never back, and gives the time. */
  moveTo(timestamp: number): number {
    const { time } = this;
    if (timestamp <= time) return time;
    this.#store.setMark(this.#mark, timestamp);
    return timestamp;
  }
}
