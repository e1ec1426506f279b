/**
 * The work of one asynchronous step of a task.
 *
 * A source record whose processing reaches the step becomes a unit: it holds back its offset. What it brings to the step
 * (one record, or several behind a flatMap) is called with bounded concurrency, in any order of completion. A unit whose
 * calls have all ended waits for the units before it; then, in a turn of the task, all its results are emitted at once and
 * its offset is let go. So the offsets that a commit may take are always those whose results are in the same transaction
 * or an earlier one, and results come in the order of their records.
 */
import { failure } from '../errors.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { StreamRecord } from '../topology/records.ts';
import type { AsyncStep } from '../topology/task-scope.ts';
import type { ErrorPolicy } from './error-policy.ts';
import type { RecordQueue } from './record-queue.ts';
import type { Timers } from './timers.ts';

const MAX_RETRY_DELAY_MS = 30_000;

interface Entry {
  readonly record: StreamRecord<unknown, unknown>;
  readonly unit: Unit;
  outcome: { readonly result: unknown } | { readonly error: unknown; readonly attempts: number } | undefined;
}

/** A source record and what it has brought to the step. */
export interface Unit {
  readonly queue: RecordQueue;
  readonly source: FetchedRecord;
  readonly entries: Entry[];
  /** Entries whose call has not ended. */
  open: number;
}

/** What is under way for an entry. */
interface Running {
  /** Ends the attempt, or the wait for another one. */
  abort: (reason?: unknown) => void;
}

export class AsyncLane {
  readonly #name: string;
  readonly #step: AsyncStep;
  readonly #timers: Timers;
  readonly #errors: ErrorPolicy;
  /** In the order of their records. */
  readonly #units: Unit[] = [];
  readonly #waiting: Entry[] = [];
  readonly #running = new Map<Promise<void>, Running>();
  /** Entries that are not emitted. */
  #held = 0;
  #isClosed = false;

  constructor(name: string, step: AsyncStep, use: { timers: Timers; errors: ErrorPolicy }) {
    this.#name = name;
    this.#step = step;
    this.#timers = use.timers;
    this.#errors = use.errors;
  }

  /** Takes one more source record only where this is false. */
  get isFull(): boolean {
    return this.#held >= this.#step.concurrency;
  }

  get isEmpty(): boolean {
    return this.#units.length === 0;
  }

  /** Adds a record to the unit of the source record that is being processed. */
  enter(record: StreamRecord<unknown, unknown>, unit: Unit): void {
    if (unit.entries.length === 0) {
      this.#units.push(unit);
      unit.queue.hold();
    }
    const entry: Entry = { record, unit, outcome: undefined };
    unit.entries.push(entry);
    unit.open++;
    this.#held++;
    this.#waiting.push(entry);
    this.#start();
  }

  /** Emits what is ready, in order. True where there was anything. */
  settle(): boolean {
    let settled = false;
    for (let unit = this.#units[0]; unit?.open === 0; unit = this.#units[0]) {
      this.#units.shift();
      this.#held -= unit.entries.length;
      for (const entry of unit.entries) this.#emit(entry);
      unit.queue.release();
      settled = true;
    }
    return settled;
  }

  /** Resolves when no call is under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.keys());
  }

  /** Abandons everything: the records will be taken again by who has the task next. */
  close(): void {
    this.#isClosed = true;
    const reason = new DOMException('This operation was aborted', 'AbortError');
    for (const running of this.#running.values()) running.abort(reason);
  }

  #start(): void {
    while (!this.#isClosed && this.#running.size < this.#step.concurrency) {
      const entry = this.#waiting.shift();
      if (entry === undefined) return;
      const running: Running = { abort: () => {} };
      const run = this.#run(entry, running).finally(() => {
        this.#running.delete(run);
        this.#start();
      });
      this.#running.set(run, running);
    }
  }

  async #run(entry: Entry, running: Running): Promise<void> {
    const { retries, retryDelayMs } = this.#step;
    for (let attempt = 1; entry.outcome === undefined && !this.#isClosed; attempt++) {
      try {
        entry.outcome = { result: await this.#attempt(entry.record, attempt, running) };
      } catch (error) {
        if (attempt > retries) entry.outcome = { error, attempts: attempt };
        else await this.#pause(Math.min(MAX_RETRY_DELAY_MS, retryDelayMs * 2 ** (attempt - 1)), running);
      }
    }
    entry.unit.open--;
  }

  /** One controller, which nothing listens to but the call: signals that follow others cost more than all the rest. */
  async #attempt(record: StreamRecord<unknown, unknown>, attempt: number, running: Running): Promise<unknown> {
    const { timeoutMs, call } = this.#step;
    const controller = new AbortController();
    let cancel: (() => void) | undefined;
    try {
      return await new Promise((resolve, reject) => {
        // Whoever does not listen to the signal is left to himself.
        running.abort = (reason) => {
          reject(reason);
          controller.abort(reason);
        };
        cancel = this.#timers.after(timeoutMs, () =>
          running.abort(failure('ASYNC_TIMED_OUT', { step: this.#name, timeoutMs })),
        );
        Promise.resolve(call(record, { attempt, signal: controller.signal })).then(resolve, reject);
      });
    } finally {
      cancel?.();
    }
  }

  async #pause(ms: number, running: Running): Promise<void> {
    if (this.#isClosed) return;
    const controller = new AbortController();
    running.abort = () => controller.abort();
    await this.#timers.pause(ms, controller.signal);
  }

  #emit({ record, outcome, unit }: Entry): void {
    const at = { queue: unit.queue, record: unit.source };
    try {
      if (outcome !== undefined && 'result' in outcome) this.#step.emit(outcome.result, record);
    } catch (error) {
      this.#errors.handle('processing', error, at);
    }
    if (outcome === undefined || 'error' in outcome) this.#failed(at, outcome);
  }

  #failed(
    at: { queue: RecordQueue; record: FetchedRecord },
    outcome: { readonly error: unknown; readonly attempts: number } | undefined,
  ): void {
    const { onError } = this.#step;
    if (onError !== 'fail') {
      this.#errors.handle('processing', outcome?.error, at, onError);
      return;
    }
    const { topic, partition } = at.queue;
    const reason = outcome?.error instanceof Error ? outcome.error.message : String(outcome?.error);
    const place = { step: this.#name, topic, partition, offset: at.record.offset, attempts: outcome?.attempts };
    throw failure('ASYNC_FAILED', { ...place, reason }, outcome?.error);
  }
}
