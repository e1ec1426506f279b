import type { FetchedPartition, Fetcher, Producer } from '../log/port.ts';
import type { Task } from './task.ts';
import type { Timing } from './timing.ts';

/** The longest synchronous stretch of processing: heartbeats and answers wait for it. */
const SLICE_MS = 10;
/** Bytes of a transaction at most: a commit is due then, however short the time, and processing waits for it. */
const MAX_PENDING_BYTES = 16 << 20;

export interface TaskSetOptions {
  readonly fetcher: Fetcher;
  readonly timing: Timing;
  /** Records of a partition that wait before no more of it are fetched. */
  readonly bufferedRecords: number;
  /** Decoded rows that all stores together keep in memory. */
  readonly cachedRows: number;
  /** Told of records that went through. */
  readonly onProcessed: (count: number) => void;
}

/** The tasks that run on a thread: what is fetched goes to the one that reads it, each gets its turn of processing. */
export class TaskSet {
  readonly #options: TaskSetOptions;
  readonly #tasks = new Map<string, Task>();
  /** Partitions of which enough waits. */
  readonly #paused = new Set<string>();

  constructor(options: TaskSetOptions) {
    this.#options = options;
  }

  get all(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  get size(): number {
    return this.#tasks.size;
  }

  has(name: string): boolean {
    return this.#tasks.has(name);
  }

  add(task: Task): void {
    this.#options.fetcher.assign(task.positions);
    this.#tasks.set(task.name, task);
    this.#shareMemory();
  }

  /** Closes tasks; what waits in them is dropped. */
  remove(tasks: readonly Task[]): void {
    for (const task of tasks) {
      this.#options.fetcher.unassign(task.partitions);
      for (const { topic, partition } of task.partitions) this.#paused.delete(`${topic}-${partition}`);
      task.close();
      this.#tasks.delete(task.name);
    }
    this.#shareMemory();
  }

  /** Records in the log that are not processed, as last seen. */
  get lag(): number {
    return this.all.flatMap((task) => task.queues).reduce((sum, queue) => sum + queue.lag, 0);
  }

  /** True where nothing waits, and the log is not known to have more. */
  get isIdle(): boolean {
    return this.all.every(
      (task) => !task.isWaiting && task.queues.every((queue) => queue.length === 0 && !queue.lagging),
    );
  }

  /** So much waits for a commit that it is due, and that no more is processed before. */
  isFull(producer: Producer): boolean {
    if (isTooMuch(producer)) return true;
    for (const task of this.#tasks.values()) if (task.isFull) return true;
    return false;
  }

  /** A slice of processing over all tasks in turn. True where there may be more at once. */
  process(): boolean {
    const { timing, onProcessed } = this.#options;
    const until = timing.monotonic() + SLICE_MS;
    let processed = 0;
    let busy = true;
    while (busy && timing.monotonic() < until) {
      busy = false;
      for (const task of this.#tasks.values()) {
        // Batches between looks at the clock.
        for (let n = 0; n < 64 && task.processNext(); n++) {
          processed++;
          busy = true;
        }
      }
    }
    if (processed > 0) onProcessed(processed);
    return processed > 0;
  }

  /** Emits the results of asynchronous steps. True where there were any. */
  settle(): boolean {
    let settled = false;
    for (const task of this.#tasks.values()) settled = task.settle() || settled;
    return settled;
  }

  punctuate(): void {
    const now = this.#options.timing.now();
    for (const task of this.#tasks.values()) task.punctuate(now);
  }

  /** How long there is nothing to do but wait for records, ms: less where results or punctuators are due. */
  waitMs(most: number): number {
    const { timing } = this.#options;
    // Results are looked for, they do not call.
    if (this.all.some((task) => task.isWaiting)) return 1;
    const due = Math.min(...this.all.flatMap((task) => [task.punctuationDue, task.idleUntil])) - timing.now();
    return Math.max(1, Math.min(most, due));
  }

  /** Takes what has arrived, or arrives within `waitMs`. */
  async fetch(waitMs: number): Promise<void> {
    for (const fetched of await this.#options.fetcher.poll(waitMs)) await this.#ownerOf(fetched)?.push(fetched);
    this.#throttle();
  }

  /** Memory is bounded, however many tasks there are. */
  #shareMemory(): void {
    const stores = this.all.reduce((sum, task) => sum + task.stores.size, 0);
    const share = Math.floor(this.#options.cachedRows / Math.max(1, stores));
    for (const task of this.#tasks.values()) task.stores.keep(share);
  }

  #ownerOf({ topic, partition }: FetchedPartition): Task | undefined {
    return this.all.find((task) => task.queues.some((queue) => queue.topic === topic && queue.partition === partition));
  }

  /** Fetches no more of what waits long enough already. */
  #throttle(): void {
    const { fetcher, bufferedRecords: limit } = this.#options;
    for (const task of this.#tasks.values()) {
      for (const queue of task.queues) {
        const id = `${queue.topic}-${queue.partition}`;
        if (queue.length >= limit && !this.#paused.has(id)) {
          this.#paused.add(id);
          fetcher.pause([queue]);
        } else if (queue.length < limit / 2 && this.#paused.delete(id)) fetcher.resume([queue]);
      }
    }
  }
}

/** More than a transaction should hold before it is committed. */
export function isTooMuch(producer: Producer): boolean {
  return producer.pendingBytes > MAX_PENDING_BYTES;
}
