import type { Change, TimedKey } from './store.ts';
import { TimeIndex } from './time-index.ts';
import { isMark } from './timed-key.ts';
import type { TimedRows, TimedSlot } from './timed-rows.ts';

/**
 * The rows that a table does not hold yet, by their times. The index is made when it is first asked for: inner joins, which
 * write most, never do.
 */
export class UnwrittenTimes<K, V> {
  readonly #rows: TimedRows<K, V>;
  readonly #changes: () => readonly Iterable<Change<TimedKey<K>, V>>[];
  #index: TimeIndex<K, V> | undefined;

  /** `changes` gives all that the table does not hold. */
  constructor(rows: TimedRows<K, V>, changes: () => readonly Iterable<Change<TimedKey<K>, V>>[]) {
    this.#rows = rows;
    this.#changes = changes;
  }

  get index(): TimeIndex<K, V> {
    this.#index ??= this.#make();
    return this.#index;
  }

  add(slot: TimedSlot<K, V>): void {
    this.#index?.add(slot);
  }

  remove(slot: TimedSlot<K, V>): void {
    this.#index?.remove(slot);
  }

  /** The table holds all up to a generation. */
  written(upTo: number): void {
    this.#index?.retain(({ generation }) => generation > upTo);
  }

  clear(): void {
    this.#index = undefined;
  }

  #make(): TimeIndex<K, V> {
    const slots = new Set<TimedSlot<K, V>>();
    for (const changes of this.#changes()) {
      for (const { key } of changes) {
        const slot = isMark(key) ? undefined : this.#rows.slotOf(key);
        if (slot !== undefined && slot !== null && slot.generation > this.#rows.writtenUpTo) slots.add(slot);
      }
    }
    const index = new TimeIndex<K, V>();
    for (const slot of slots) index.add(slot);
    return index;
  }
}
