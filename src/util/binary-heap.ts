/**
 * A binary heap with the smallest item first. Equal items come out in the very order in which `java.util.PriorityQueue`
 * gives them, since Kafka Streams' results show it.
 */
export class BinaryHeap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** All items, in no order that means anything. */
  items(): readonly T[] {
    return this.#items;
  }

  add(item: T): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const up = (at - 1) >>> 1;
      const parent = items[up] as T; // up < at
      if (this.#compare(item, parent) >= 0) break;
      items[at] = parent;
      at = up;
    }
    items[at] = item;
  }

  /** Takes the smallest item out. */
  poll(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (this.#items.length > 0 && last !== undefined) this.#sink(last);
    return first;
  }

  /** Puts an item in the place of the first one, or below. */
  #sink(item: T): void {
    const items = this.#items;
    const half = items.length >>> 1;
    let at = 0;
    while (at < half) {
      let child = 2 * at + 1;
      const right = child + 1;
      // Both indices are below the length: `at` is in the upper half of the tree.
      if (right < items.length && this.#compare(items[child] as T, items[right] as T) > 0) child = right;
      const smallest = items[child] as T;
      if (this.#compare(item, smallest) <= 0) break;
      items[at] = smallest;
      at = child;
    }
    items[at] = item;
  }
}
