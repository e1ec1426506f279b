interface Arrival<T> {
  readonly at: number;
  /** Decides between those of one time, so that the order never depends on the heap's shape. */
  readonly turn: number;
  readonly item: T;
}

/** Items that come at a later time, given out in the order of their times (a binary heap). */
export class Arrivals<T> {
  readonly #heap: Arrival<T>[] = [];
  #turn = 0;

  add(at: number, item: T): void {
    const heap = this.#heap;
    const added = { at, turn: this.#turn++, item };
    let index = heap.push(added) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, added)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = added;
  }

  /** Takes out all that come up to `time`. */
  *until(time: number): Generator<T> {
    for (let first = this.#heap[0]; first !== undefined && first.at <= time; first = this.#heap[0]) {
      this.#dropFirst();
      yield first.item;
    }
  }

  #dropFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const child = this.#earlierChild(index);
      const below = heap[child];
      if (below === undefined || isBefore(last, below)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }

  #earlierChild(index: number): number {
    const [left, right] = [this.#heap[2 * index + 1], this.#heap[2 * index + 2]];
    return left !== undefined && right !== undefined && isBefore(right, left) ? 2 * index + 2 : 2 * index + 1;
  }
}

function isBefore<T>(one: Arrival<T>, other: Arrival<T>): boolean {
  return one.at < other.at || (one.at === other.at && one.turn < other.turn);
}
