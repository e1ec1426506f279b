import type { Silence } from '../port.ts';

/** Whether the brokers answer: any answer of any of them counts, also one that refuses. */
export class Contact {
  /** When the first was asked of those that nobody has answered; undefined where none is open. */
  #since: number | undefined;
  #reason = 'no answer';

  asked(): void {
    this.#since ??= performance.now();
  }

  answered(): void {
    this.#since = undefined;
    this.#reason = 'no answer';
  }

  /** A request or a connection was lost. */
  lost(error: Error): void {
    this.asked();
    this.#reason = innermost(error).message || error.name;
  }

  get silence(): Silence | null {
    if (this.#since === undefined) return null;
    return { forMs: performance.now() - this.#since, reason: this.#reason };
  }
}

/** The innermost words say most. */
function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error;
}
