import type { Change } from './store.ts';

/**
 * What one commit makes of a store: the last change of each key, in the order in which the keys were first written.
 * Deletions are among them even where there was nothing to delete, since a changelog may know more than the store.
 */
export class Generation<K, V> implements Iterable<Change<K, V>> {
  /** Counts up; a later generation overrides an earlier one. */
  readonly number: number;
  readonly #changes: (Change<K, V> | undefined)[] = [];
  #removed = 0;

  constructor(number: number) {
    this.number = number;
  }

  get size(): number {
    return this.#changes.length - this.#removed;
  }

  /** Adds the first change of a key; gives the place for later ones. */
  add(change: Change<K, V>): number {
    return this.#changes.push(change) - 1;
  }

  /** Puts a later change of a key in the place of its first one. */
  replace(index: number, change: Change<K, V>): void {
    this.#changes[index] = change;
  }

  /** Takes a change out: its key had no row before this generation, and has none after it. */
  remove(index: number): void {
    this.#changes[index] = undefined;
    this.#removed++;
  }

  /** Takes out what is not so. */
  retain(isKept: (change: Change<K, V>) => boolean): void {
    const changes = this.#changes;
    for (let at = 0; at < changes.length; at++) {
      const change = changes[at];
      if (change !== undefined && !isKept(change)) this.remove(at);
    }
  }

  *[Symbol.iterator](): Generator<Change<K, V>, void, undefined> {
    for (const change of this.#changes) if (change !== undefined) yield change;
  }
}
