import type { Generation } from './generation.ts';
import type { Change } from './store.ts';

export interface ConfirmedOptions<K, V> {
  /** What tells keys apart in a `Map`. */
  readonly identity: (key: K) => unknown;
  /** The generation that made the row which a change deletes; 0 where that is not known. */
  readonly bornOf?: (deletion: Change<K, V>) => number;
}

/**
 * Changes that the log has confirmed and the back end has not: of many generations, the last change of each key. A row
 * that was made and deleted among them leaves nothing to do.
 */
export class ConfirmedChanges<K, V> implements Iterable<Change<K, V>> {
  readonly #identity: (key: K) => unknown;
  readonly #bornOf: (deletion: Change<K, V>) => number;
  /** A lone generation has each key once already. Most are handed on before a second one comes. */
  #only: Generation<K, V> | undefined;
  #merged: Map<unknown, Change<K, V>> | undefined;

  constructor({ identity, bornOf = () => 0 }: ConfirmedOptions<K, V>) {
    this.#identity = identity;
    this.#bornOf = bornOf;
  }

  get size(): number {
    return this.#only?.size ?? this.#merged?.size ?? 0;
  }

  /** `writtenUpTo` is the last generation that the back end has. */
  add(generation: Generation<K, V>, writtenUpTo = Number.POSITIVE_INFINITY): void {
    if (generation.size === 0) return;
    if (this.size === 0) {
      this.#only = generation;
      return;
    }
    const merged = this.#merge();
    for (const change of generation) {
      const id = this.#identity(change.key);
      if (change.value === null && this.#bornOf(change) > writtenUpTo) merged.delete(id);
      else merged.set(id, change);
    }
  }

  clear(): void {
    this.#only = undefined;
    this.#merged = undefined;
  }

  [Symbol.iterator](): Iterator<Change<K, V>> {
    return (this.#only ?? this.#merged?.values() ?? [])[Symbol.iterator]();
  }

  #merge(): Map<unknown, Change<K, V>> {
    const merged = this.#merged ?? new Map<unknown, Change<K, V>>();
    for (const change of this.#only ?? []) merged.set(this.#identity(change.key), change);
    this.#only = undefined;
    this.#merged = merged;
    return merged;
  }
}
