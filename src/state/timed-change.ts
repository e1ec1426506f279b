import type { Change, TimedKey } from './store.ts';

/**
 * A change of a row of a timed store, which knows when the row came to be. That is nobody else's matter, so it is not a
 * field that those who are given rows would see.
 */
export class TimedChange<K, V> implements Change<TimedKey<K>, V> {
  readonly key: TimedKey<K>;
  readonly value: V | null;
  readonly timestamp: number;
  readonly #born: number;

  /** `born`: the generation that made the row where there was none, also if it came back since; 0 where the table had it. */
  constructor(key: TimedKey<K>, value: V | null, timestamp: number, born: number) {
    this.key = key;
    this.value = value;
    this.timestamp = timestamp;
    this.#born = born;
  }

  get born(): number {
    return this.#born;
  }

  /** 0 where it is not known. */
  static bornOf(change: Change<unknown, unknown>): number {
    return change instanceof TimedChange ? change.#born : 0;
  }
}
