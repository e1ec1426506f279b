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

export class AsyncLane {
  readonly #name: string;
  readonly #step: AsyncStep;
  readonly #timers: Timers;
  readonly #errors: ErrorPolicy;
  /** In the order of their records. */
  readonly #units: Unit[] = [];
  readonly #waiting: Entry[] = [];
  readonly #running = new Map<Promise<void>, AbortController>();
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
    for (const controller of this.#running.values()) controller.abort();
  }

  #start(): void {
    while (!this.#isClosed && this.#running.size < this.#step.concurrency) {
      const entry = this.#waiting.shift();
      if (entry === undefined) return;
      const controller = new AbortController();
      const run = this.#run(entry, controller.signal).finally(() => {
        this.#running.delete(run);
        this.#start();
      });
      this.#running.set(run, controller);
    }
  }

  async #run(entry: Entry, abandoned: AbortSignal): Promise<void> {
    const { retries, retryDelayMs } = this.#step;
    for (let attempt = 1; entry.outcome === undefined && !abandoned.aborted; attempt++) {
      try {
        entry.outcome = { result: await this.#attempt(entry.record, attempt, abandoned) };
      } catch (error) {
        if (attempt > retries) entry.outcome = { error, attempts: attempt };
        else await this.#timers.pause(Math.min(MAX_RETRY_DELAY_MS, retryDelayMs * 2 ** (attempt - 1)), abandoned);
      }
    }
    entry.unit.open--;
  }

  async #attempt(record: StreamRecord<unknown, unknown>, attempt: number, abandoned: AbortSignal): Promise<unknown> {
    const { timeoutMs, call } = this.#step;
    const late = new AbortController();
    const signal = AbortSignal.any([abandoned, late.signal]);
    const cancel = this.#timers.after(timeoutMs, () =>
      late.abort(failure('ASYNC_TIMED_OUT', { step: this.#name, timeoutMs })),
    );
    // Whoever does not listen to the signal is left to himself.
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    // The call may throw before anybody waits for this.
    aborted.catch(() => {});
    try {
      return await Promise.race([call(record, { attempt, signal }), aborted]);
    } finally {
      cancel();
    }
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
