import type { KeyIdentity } from './key-identity.ts';
import type { Change } from './store.ts';

/** The newest state of a key. Slots are changed in place, so that a write of a hot key costs one look-up. */
export interface Slot<K, V> {
  /** Null as its value: the key has no row. */
  change: Change<K, V>;
  /** The generation that wrote it; 0 where it was read from the table. */
  generation: number;
  /** Its place in that generation. */
  index: number;
}

/**
 * A bounded cache of slots, nearly least recently used: new and used slots are in `young`; when that is half of the
 * limit, it becomes `old` and what was left in `old` is dropped. No links to keep, nothing to do on a hit in `young`.
 * Slots of generations that the table does not hold yet are never dropped.
 */
export class SlotCache<K, V> {
  /** Generations up to this one are in the table. */
  cleanUpTo = 0;
  /** True from the first time that a slot was dropped: a miss then says nothing about the table. */
  hasDropped = false;
  #half: number;
  #young = new Map<KeyIdentity, Slot<K, V>>();
  #old = new Map<KeyIdentity, Slot<K, V>>();
  #rotateAt: number;
  // An operator reads a key and then writes it: the second look-up is saved.
  #lastId: KeyIdentity;
  #lastSlot: Slot<K, V> | undefined;

  constructor(limit: number) {
    this.#half = halfOf(limit);
    this.#rotateAt = this.#half;
  }

  /** Another limit holds from now on; what is too much goes as it is met. */
  set limit(limit: number) {
    this.#rotateAt += halfOf(limit) - this.#half;
    this.#half = halfOf(limit);
  }

  /** An upper bound: a slot may be counted in both halves. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  find(id: KeyIdentity): Slot<K, V> | undefined {
    if (id === this.#lastId && this.#lastSlot !== undefined) return this.#lastSlot;
    const slot = this.#young.get(id) ?? this.#promote(id);
    if (slot !== undefined) this.#remember(id, slot);
    return slot;
  }

  add(id: KeyIdentity, slot: Slot<K, V>): void {
    if (this.#young.size >= this.#rotateAt) this.#rotate();
    this.#young.set(id, slot);
    this.#remember(id, slot);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#rotateAt = this.#half;
    this.#lastSlot = undefined;
  }

  #promote(id: KeyIdentity): Slot<K, V> | undefined {
    const slot = this.#old.get(id);
    if (slot !== undefined) this.add(id, slot);
    return slot;
  }

  #remember(id: KeyIdentity, slot: Slot<K, V>): void {
    this.#lastId = id;
    this.#lastSlot = slot;
  }

  /** May drop the slot found last: `add`, its only caller, puts another in that place. */
  #rotate(): void {
    const kept = new Map<KeyIdentity, Slot<K, V>>();
    for (const [id, slot] of this.#old) {
      if (this.#young.has(id)) continue;
      if (slot.generation > this.cleanUpTo) kept.set(id, slot);
      else this.hasDropped = true;
    }
    this.#old = this.#young;
    this.#young = kept;
    // Twice what had to stay: with more unwritten slots than the limit, the cost of turning stays in proportion.
    this.#rotateAt = this.#half + 2 * kept.size;
  }
}

function halfOf(limit: number): number {
  return Math.max(1, Math.floor(limit / 2));
}
