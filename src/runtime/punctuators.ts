import type { Punctuate, Punctuator } from '../topology/task-scope.ts';
import { BinaryHeap } from '../util/binary-heap.ts';

interface Scheduled {
  due: number;
  readonly everyMs: number;
  readonly punctuate: Punctuate;
  cancelled: boolean;
}

/**
 * The punctuators of one task that go by one clock. One that is due is called once, with the present time, however many
 * of its turns have passed; its next turn is the first multiple of `everyMs` (from its first turn) after that time.
 */
export class Punctuators {
  readonly #heap = new BinaryHeap<Scheduled>((a, b) => a.due - b.due);
  /** When the first one is due; infinite where there is none. Looked at after every record, so kept as a field. */
  due = Number.POSITIVE_INFINITY;

  schedule(options: { first: number; everyMs: number; punctuate: Punctuate }): Punctuator {
    const { first, everyMs, punctuate } = options;
    const scheduled: Scheduled = { due: first, everyMs, punctuate, cancelled: false };
    this.#add(scheduled);
    return {
      cancel: () => {
        scheduled.cancelled = true;
      },
    };
  }

  /** Calls those that are due at `now`. `failed` is told of an error; where it returns, the others go on. */
  fire(now: number, failed: (error: unknown) => void): void {
    while (now >= this.due) {
      const next = this.#heap.poll();
      if (next === undefined) break;
      if (!next.cancelled) this.#call(next, now, failed);
      this.#look();
    }
  }

  /**
   * Takes up where a task that had come to `now` has left off. Between two records every due one has been called, so the
   * time alone says when each is due next.
   */
  resume(now: number): void {
    const scheduled: Scheduled[] = [];
    for (let next = this.#heap.poll(); next !== undefined; next = this.#heap.poll()) scheduled.push(next);
    for (const one of scheduled) {
      one.due = after(one, now);
      this.#heap.add(one);
    }
    this.#look();
  }

  #call(one: Scheduled, now: number, failed: (error: unknown) => void): void {
    try {
      one.punctuate(now);
    } catch (error) {
      failed(error);
    }
    // It may have been cancelled by its own function.
    if (one.cancelled) return;
    one.due = after(one, now);
    this.#heap.add(one);
  }

  #add(scheduled: Scheduled): void {
    this.#heap.add(scheduled);
    this.#look();
  }

  #look(): void {
    this.due = this.#heap.peek()?.due ?? Number.POSITIVE_INFINITY;
  }
}

function after({ due, everyMs }: Scheduled, now: number): number {
  return now < due ? due : due + (Math.floor((now - due) / everyMs) + 1) * everyMs;
}
