import type { KeyIdentity } from './key-identity.ts';

/** What is cached of a key: one row, or all of its rows. */
export interface Cached {
  /** The generation that changed it last; 0 where it is as the table has it. */
  readonly generation: number;
}

/** Every item takes the room of a row. */
const single = (): number => 1;

/**
 * A bounded cache by key, nearly least recently used: new and used items are in `young`; when those have half of the
 * limit's rows, they become `old`, and what was left of the old ones is dropped. No links to keep, nothing to do on a hit in
 * `young`. Items of generations that the table does not hold yet are never dropped.
 */
export class RowCache<Item extends Cached> {
  /** Generations up to this one are in the table. */
  cleanUpTo = 0;
  /** True from the first time that an item was dropped: a miss then says nothing about the table. */
  hasDropped = false;
  readonly #rowsOf: (item: Item) => number;
  #half: number;
  #young = new Map<KeyIdentity, Item>();
  #old = new Map<KeyIdentity, Item>();
  /** Of the young ones. */
  #rows = 0;
  #rotateAt: number;
  // An operator reads a key and then writes it: the second look-up is saved.
  #lastId: KeyIdentity;
  #last: Item | undefined;

  /** `rowsOf` says how many rows an item has, at least 1; by default each has one. */
  constructor(limit: number, rowsOf: (item: Item) => number = single) {
    this.#rowsOf = rowsOf;
    this.#half = halfOf(limit);
    this.#rotateAt = this.#half;
  }

  /** Another limit holds from now on; what is too much goes as it is met. */
  set limit(limit: number) {
    this.#rotateAt += halfOf(limit) - this.#half;
    this.#half = halfOf(limit);
  }

  find(id: KeyIdentity): Item | undefined {
    if (id === this.#lastId && this.#last !== undefined) return this.#last;
    const item = this.#young.get(id) ?? this.#promote(id);
    if (item !== undefined) this.#remember(id, item);
    return item;
  }

  /** Without counting it as used. */
  peek(id: KeyIdentity): Item | undefined {
    return this.#young.get(id) ?? this.#old.get(id);
  }

  add(id: KeyIdentity, item: Item): void {
    if (this.#rows >= this.#rotateAt) this.#rotate();
    this.#young.set(id, item);
    this.#rows += this.#rowsOf(item);
    this.#remember(id, item);
  }

  /** An item has one more row than when it was added. */
  grown(): void {
    this.#rows++;
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#rows = 0;
    this.#rotateAt = this.#half;
    this.#last = undefined;
    this.hasDropped = false;
  }

  #promote(id: KeyIdentity): Item | undefined {
    const item = this.#old.get(id);
    if (item !== undefined) this.add(id, item);
    return item;
  }

  #remember(id: KeyIdentity, item: Item): void {
    this.#lastId = id;
    this.#last = item;
  }

  /** May drop the item found last: `add`, its only caller, puts another in that place. */
  #rotate(): void {
    const kept = new Map<KeyIdentity, Item>();
    let rows = 0;
    for (const [id, item] of this.#old) {
      if (this.#young.has(id)) continue;
      if (item.generation > this.cleanUpTo) {
        kept.set(id, item);
        rows += this.#rowsOf(item);
      } else this.hasDropped = true;
    }
    this.#old = this.#young;
    this.#young = kept;
    this.#rows = rows;
    // Twice what had to stay: with more unwritten rows than the limit, the cost of turning stays in proportion.
    this.#rotateAt = this.#half + 2 * rows;
  }
}

function halfOf(limit: number): number {
  return Math.max(1, Math.floor(limit / 2));
}
