import type { Timers } from '../runtime/timers.ts';

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** Timers that go by the test driver's clock. Waits between two attempts take no time at all. */
export class VirtualTimers implements Timers {
  readonly #timers = new Set<Timer>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.#now() + ms, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  async pause(): Promise<void> {}

  /** Calls back those that are due, the earliest first. */
  fire(): void {
    const due = [...this.#timers].filter((timer) => timer.due <= this.#now()).sort((a, b) => a.due - b.due);
    for (const timer of due) if (this.#timers.delete(timer)) timer.callback();
  }
}
