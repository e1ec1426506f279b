import { assert } from '../util/assert.ts';
import type { Change, TimedKey } from './store.ts';
import { MARKED, type MarkKey, markKey } from './timed-key.ts';

/**
 * The marks of a timed store: times (or counts) that belong to it as a whole. They travel with its rows, as changes of
 * their own kind: through generations and the changelog, into a small table of their own.
 */
export class StoreMarks {
  readonly #store: string;
  #values: Map<string, number>;
  readonly #changed = new Set<string>();
  /** One object a name: changes of several generations are told to be of one mark by it. */
  readonly #keys = new Map<string, MarkKey>();

  constructor(store: string, values: Map<string, number>) {
    this.#store = store;
    this.#values = values;
  }

  get(name: string): number | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: number): void {
    if (this.#values.get(name) === value) return;
    assert(name.length > 0 && name.length < 8 && value >= 0, `mark '${name}' of ${this.#store} cannot be ${value}`);
    this.#values.set(name, value);
    this.#changed.add(name);
  }

  /** What was set is forgotten, these values hold. */
  reset(values: Map<string, number>): void {
    this.#values = values;
    this.#changed.clear();
  }

  /** All of them count as changed. */
  renew(): void {
    for (const name of this.#values.keys()) this.#changed.add(name);
  }

  /** What was changed since the last call. */
  take<K, V>(): Change<TimedKey<K>, V>[] {
    const changes: unknown[] = [];
    for (const name of this.#changed) {
      const key = this.#keys.get(name) ?? markKey(name);
      this.#keys.set(name, key);
      changes.push({ key, value: MARKED, timestamp: this.#values.get(name) });
    }
    this.#changed.clear();
    // Marks stand in the place of rows: see `MarkKey`.
    return changes as Change<TimedKey<K>, V>[];
  }
}
