import { isMillraceError } from '../errors.ts';
import type { CommitPath } from './commit-path.ts';
import type { Task } from './task.ts';
import type { Timing } from './timing.ts';

/** How long the state file may refuse to be written, ms. */
const MAX_UNWRITTEN_MS = 30_000;

export interface CommitLoopOptions {
  readonly path: CommitPath;
  readonly tasks: () => readonly Task[];
  readonly timing: Timing;
  readonly intervalMs: number;
  /** Told of each transaction that counts. */
  readonly onCommitted: () => void;
  /** Told that the state file cannot be written for now. */
  readonly notify?: ((text: string) => void) | undefined;
}

/** When the work of a thread is committed: one commit at a time, under way while the next records are processed. */
export class CommitLoop {
  readonly #options: CommitLoopOptions;
  #inFlight: Promise<void> | undefined;
  #error: unknown;
  /** 0 before the first turn. */
  #next = 0;
  #unwrittenSince: number | undefined;

  constructor(options: CommitLoopOptions) {
    this.#options = options;
  }

  /** True where all that was begun is committed, and the state file has it. */
  get isIdle(): boolean {
    return this.#inFlight === undefined && !this.#options.path.behind;
  }

  /** How long until the next commit is due, ms; at most `most`. */
  waitMs(most: number): number {
    if (this.#inFlight === undefined && this.#next === 0) return most;
    return Math.min(most, this.#next - this.#options.timing.monotonic());
  }

  /** Starts a commit if it is time, or if so much waits; its outcome is looked at in a later turn. */
  startIfDue({ isFull, isBusy }: { isFull: boolean; isBusy: boolean }): void {
    const { timing, intervalMs } = this.#options;
    const now = timing.monotonic();
    if (this.#next === 0) this.#next = now + intervalMs;
    if (this.#inFlight !== undefined || (now < this.#next && !isFull)) return;
    this.#next = now + intervalMs;
    this.#inFlight = this.#run(isBusy ? 'due' : 'now')
      .catch((error: unknown) => {
        this.#error = error;
      })
      .finally(() => {
        this.#inFlight = undefined;
      });
  }

  /** Commits all work up to now and waits for it. */
  async finish(): Promise<void> {
    await this.#inFlight;
    this.throwError();
    const { path, tasks, onCommitted } = this.#options;
    if (await path.commit(tasks())) onCommitted();
  }

  /** As `finish`, and the state file has it all. */
  async finishToFile(): Promise<void> {
    await this.finish();
    this.#options.path.checkpoint(this.#options.tasks(), 'now');
  }

  /** Resolves when no commit is under way; what became of it is forgotten. */
  async settled(): Promise<void> {
    await this.#inFlight;
    this.#error = undefined;
  }

  /** Throws what a commit since the last call came to. */
  throwError(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
  }

  async #run(checkpoint: 'due' | 'now'): Promise<void> {
    const { path, tasks, onCommitted } = this.#options;
    if (await path.commit(tasks())) onCommitted();
    this.#checkpoint(checkpoint);
  }

  /** A state file that cannot be written may be so for a moment: what it lacks is written with a later commit. */
  #checkpoint(when: 'due' | 'now'): void {
    const { path, tasks, timing, notify } = this.#options;
    try {
      path.checkpoint(tasks(), when);
      this.#unwrittenSince = undefined;
    } catch (error) {
      this.#unwrittenSince ??= timing.monotonic();
      const isPassing = isMillraceError(error) && error.retryable;
      if (!isPassing || timing.monotonic() - this.#unwrittenSince > MAX_UNWRITTEN_MS) throw error;
      notify?.(error.message);
    }
  }
}
