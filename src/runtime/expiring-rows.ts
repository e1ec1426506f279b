import type { Expiring } from '../topology/task-scope.ts';

/** The stores of one task whose rows have a time to live. Most tasks have none, and pay nothing for them. */
export class ExpiringRows {
  readonly #stores: Expiring[] = [];
  #time = -1;

  add(store: Expiring): void {
    this.#stores.push(store);
  }

  /**
   * Deletes the rows that have ended at `time`, in the order of their ends over all stores: what the end of one does to
   * another store is done before the next one ends. So it is no matter by which steps time has come here.
   */
  advance(time: number): void {
    if (this.#stores.length === 0 || time <= this.#time) return;
    for (let next = this.#next(time); next !== undefined; next = this.#next(time)) next.advance(next.due);
    for (const store of this.#stores) store.advance(time);
    this.#time = time;
  }

  /** The store whose row ends first, if one does by then. */
  #next(time: number): Expiring | undefined {
    let next: Expiring | undefined;
    for (const store of this.#stores) if (store.due <= (next?.due ?? time)) next = store;
    return next;
  }
}
