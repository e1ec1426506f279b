import type { Columns } from '../serde/serde.ts';
import type { Generation } from './generation.ts';
import { identityOf, type KeyIdentity } from './key-identity.ts';
import type { Change } from './store.ts';

/** Gives the generation that made the row which a change deletes; 0 where that is not known. */
type BornOf<K, V> = (deletion: Change<K, V>) => number;

/**
 * Changes that the log has confirmed and the back end has not: of many generations, the last change of each key. A row
 * that was made and deleted among them leaves nothing to do: windows mostly are gone before they are written.
 */
export class ConfirmedChanges<K, V> implements Iterable<Change<K, V>> {
  readonly #columns: Columns<K>;
  readonly #bornOf: BornOf<K, V>;
  /** A lone generation has each key once already. Most are handed on before a second one comes. */
  #only: Generation<K, V> | undefined;
  #merged: Map<KeyIdentity, Change<K, V>> | undefined;
  /** Made anew after a deletion that the back end has not seen: it may still have the row from before. */
  readonly #replaced = new Set<KeyIdentity>();

  constructor(columns: Columns<K>, bornOf: BornOf<K, V> = () => 0) {
    this.#columns = columns;
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
      const id = identityOf(change.key, this.#columns);
      if (change.value === null) {
        if (this.#bornOf(change) > writtenUpTo && !this.#replaced.has(id)) {
          merged.delete(id);
          continue;
        }
      } else if (merged.get(id)?.value === null) this.#replaced.add(id);
      merged.set(id, change);
    }
  }

  clear(): void {
    this.#only = undefined;
    this.#merged = undefined;
    this.#replaced.clear();
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
