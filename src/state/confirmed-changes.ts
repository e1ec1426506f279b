import type { Columns } from '../serde/serde.ts';
import type { Generation } from './generation.ts';
import { identityOf, type KeyIdentity } from './key-identity.ts';
import type { Change } from './store.ts';

/** Changes that the log has confirmed and the back end has not: of many generations, the last change of each key. */
export class ConfirmedChanges<K, V> implements Iterable<Change<K, V>> {
  readonly #columns: Columns<K>;
  /** A lone generation has each key once already. Most are handed on before a second one comes. */
  #only: Generation<K, V> | undefined;
  #merged: Map<KeyIdentity, Change<K, V>> | undefined;

  constructor(columns: Columns<K>) {
    this.#columns = columns;
  }

  get size(): number {
    return this.#only?.size ?? this.#merged?.size ?? 0;
  }

  add(generation: Generation<K, V>): void {
    if (generation.size === 0) return;
    if (this.size === 0) {
      this.#only = generation;
      return;
    }
    const merged = this.#merge();
    for (const change of generation) merged.set(identityOf(change.key, this.#columns), change);
  }

  clear(): void {
    this.#only = undefined;
    this.#merged = undefined;
  }

  [Symbol.iterator](): Iterator<Change<K, V>> {
    return (this.#only ?? this.#merged?.values() ?? [])[Symbol.iterator]();
  }

  #merge(): Map<KeyIdentity, Change<K, V>> {
    const merged = this.#merged ?? new Map<KeyIdentity, Change<K, V>>();
    for (const change of this.#only ?? []) merged.set(identityOf(change.key, this.#columns), change);
    this.#only = undefined;
    this.#merged = merged;
    return merged;
  }
}
