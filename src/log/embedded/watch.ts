/** How long a change by another process may go unnoticed. */
const TICK_MS = 20;

interface Waiter {
  readonly resolve: () => void;
  readonly seen: number;
  readonly deadline: number;
}

/**
 * Tells when the file may hold something new: at once for a change by this connection, within 20 ms for a change by
 * another one, which SQLite counts in `data_version`. The timer runs only while somebody waits.
 */
export class Watch {
  readonly #dataVersion: () => number;
  #seenVersion = -1;
  #changes = 0;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #waiters: Waiter[] = [];

  constructor(dataVersion: () => number) {
    this.#dataVersion = dataVersion;
  }

  /** A number that is another one after each change. */
  stamp(): number {
    const version = this.#closed ? this.#seenVersion : this.#dataVersion();
    if (version !== this.#seenVersion) {
      this.#seenVersion = version;
      this.#changes++;
    }
    return this.#changes;
  }

  /** Wakes all who wait. They look for themselves, so it may be called without a change. */
  notify(): void {
    this.#changes++;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.resolve();
  }

  /** Resolves when the stamp is no longer `seen`, at the latest after `timeoutMs`. */
  wait(seen: number, timeoutMs: number): Promise<void> {
    if (this.#closed || timeoutMs <= 0 || this.stamp() !== seen) return Promise.resolve();
    return new Promise((resolve) => {
      const now = performance.now();
      this.#waiters.push({ resolve, seen, deadline: now + timeoutMs });
      this.#tickAt(now + Math.min(TICK_MS, timeoutMs), now);
    });
  }

  /** A tick that is due earlier stays, or many short waits would put it off for ever. */
  #tickAt(due: number, now: number): void {
    if (this.#timer !== undefined && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, due - now));
  }

  #tick(): void {
    this.#timer = undefined;
    const stamp = this.stamp();
    const now = performance.now();
    const waiting: Waiter[] = [];
    let due = now + TICK_MS;
    for (const waiter of this.#waiters) {
      if (waiter.seen !== stamp || waiter.deadline <= now) waiter.resolve();
      else {
        waiting.push(waiter);
        due = Math.min(due, waiter.deadline);
      }
    }
    this.#waiters = waiting;
    if (waiting.length > 0) this.#tickAt(due, now);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.notify();
  }
}
