import { isMillraceError } from '../errors.ts';
import type { Fetcher, Log, Membership, Producer, TaskId } from '../log/port.ts';
import type { StateBackend } from '../state/store.ts';
import type { Application } from './application.ts';
import type { Codecs } from './codecs.ts';
import { CommitPath } from './commit-path.ts';
import type { GlobalTables } from './global-tables.ts';
import type { WorkerMetrics } from './metrics.ts';
import { openTask } from './open-task.ts';
import type { ResolvedSettings } from './settings.ts';
import type { Task } from './task.ts';
import { systemTiming, type Timing } from './timing.ts';

/** The longest synchronous stretch of processing: heartbeats and answers wait for it. */
const SLICE_MS = 10;
/** How long an idle thread waits for records before it looks at its membership again. */
const IDLE_MS = 100;
/** How long it waits for records while asynchronous work is under way, before it looks for results. */
const RESULTS_MS = 1;
/** Bytes of a transaction at most: a commit is due then, however short the time, and processing waits for it. */
const MAX_PENDING_BYTES = 16 << 20;
/** Recoveries in a row without a commit in between, before the error is taken as final. */
const MAX_RECOVERIES = 10;
/** Between two recoveries at most; the first ones follow sooner. */
const MAX_BACKOFF_MS = 2000;
/** How long the state file may refuse to be written, ms. */
const MAX_UNWRITTEN_MS = 30_000;
/** How often repartition topics are purged, ms. */
const PURGE_MS = 30_000;

export interface StreamThreadOptions {
  readonly application: Application;
  readonly log: Log;
  readonly codecs: Codecs;
  readonly backend: StateBackend;
  readonly globals: GlobalTables;
  readonly settings: ResolvedSettings;
  readonly metrics: WorkerMetrics;
  /** A member of the group under the identity of the state file. */
  readonly join: () => Promise<Membership>;
  /** Default: the system's. */
  readonly timing?: Timing;
}

/**
 * One loop that fetches, processes and commits for all tasks it is given. One transaction at a time holds the work of
 * all of them; while it is being committed the next records are processed already.
 */
export class StreamThread {
  readonly #options: StreamThreadOptions;
  readonly #timing: Timing;
  readonly #tasks = new Map<string, Task>();
  readonly #paused = new Set<string>();
  #membership: Membership;
  #producer: Producer;
  #fetcher: Fetcher;
  #path: CommitPath;
  #inFlight: Promise<void> | undefined;
  #commitError: unknown;
  #nextCommit = 0;
  #recoveries = 0;
  #unwrittenSince: number | undefined;
  #nextPurge = 0;
  #stopping = false;
  /** Nothing was left to do at the last look. */
  #idle = false;

  private constructor(options: StreamThreadOptions, membership: Membership, producer: Producer) {
    this.#options = options;
    this.#timing = options.timing ?? systemTiming;
    this.#membership = membership;
    this.#producer = producer;
    this.#fetcher = options.log.fetcher();
    this.#path = this.#commitPath();
  }

  /** Fences whoever had this identity before, then joins. */
  static async open(options: StreamThreadOptions): Promise<StreamThread> {
    const producer = await openProducer(options);
    try {
      return new StreamThread(options, await options.join(), producer);
    } catch (error) {
      await producer.close().catch(() => {});
      throw error;
    }
  }

  get tasks(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  /** Records in the log that its tasks have not processed, as last seen. */
  get lag(): number {
    return this.tasks.flatMap((task) => task.queues).reduce((sum, queue) => sum + queue.lag, 0);
  }

  /** True once the group has given it its tasks and they are restored and run. */
  get isRunning(): boolean {
    const { assigned } = this.#membership;
    return (
      assigned !== null && assigned.length === this.#tasks.size && assigned.every((id) => this.#tasks.has(nameOf(id)))
    );
  }

  /** True where nothing waits: all that was fetched is processed and committed, and the log is not known to have more. */
  get isIdle(): boolean {
    return this.#idle && this.isRunning;
  }

  /** Ends `run` after a last commit. */
  stop(): void {
    this.#stopping = true;
  }

  /** Runs until `stop`. Rejects with what it could not overcome; the open transaction is then aborted. */
  async run(): Promise<void> {
    try {
      while (!this.#stopping) await this.#turn();
      await this.#commitLast();
    } catch (error) {
      // What closing says then follows from it.
      await this.#close().catch(() => {});
      throw error;
    }
    await this.#close();
  }

  /** What a last commit cannot bring in is not lost: it is done again after the next start. */
  async #commitLast(): Promise<void> {
    try {
      await this.#commitAndWait();
      this.#path.checkpoint(this.tasks, 'now');
    } catch (error) {
      if (!isCurable(error)) throw error;
    }
  }

  async #turn(): Promise<void> {
    try {
      this.#options.globals.check();
      await this.#followMembership();
      const settled = this.#settle();
      const busy = this.#process() || settled;
      this.#punctuate();
      await this.#commitIfDue(busy);
      await this.#fetch(busy);
      this.#throwCommitError();
    } catch (error) {
      await this.#recover(error);
    }
  }

  // --- tasks

  async #followMembership(): Promise<void> {
    const { failure, assigned } = this.#membership;
    if (failure !== null) throw failure;
    if (assigned === null || this.isRunning) return;
    const wanted = new Set(assigned.map(nameOf));
    const leaving = this.tasks.filter((task) => !wanted.has(task.name));
    if (leaving.length > 0) await this.#giveUp(leaving);
    // An open transaction would wait for the restoration, and time out.
    await this.#commitAndWait();
    for (const id of assigned) if (!this.#tasks.has(nameOf(id)) && !(await this.#open(id))) return;
    this.#membership.report(this.tasks.map((task) => task.id));
  }

  /** Commits first: only then another member may have them. */
  async #giveUp(leaving: readonly Task[]): Promise<void> {
    await this.#commitAndWait();
    this.#path.checkpoint(this.tasks, 'now');
    for (const task of leaving) {
      this.#letGo(task);
      this.#tasks.delete(task.name);
    }
    this.#options.metrics.tasks(this.#tasks.size);
    this.#membership.report(this.tasks.map((task) => task.id));
  }

  /** False where it was cancelled: the thread stops, or the group has decided anew. */
  async #open(id: TaskId): Promise<boolean> {
    const { assigned } = this.#membership;
    const cancelled = (): boolean =>
      this.#stopping || this.#membership.failure !== null || this.#membership.assigned !== assigned;
    const task = await openTask(id, { ...this.#options, producer: this.#producer, timing: this.#timing, cancelled });
    if (task === undefined) return false;
    this.#fetcher.assign(task.positions);
    this.#tasks.set(task.name, task);
    this.#options.metrics.tasks(this.#tasks.size);
    return true;
  }

  // --- processing

  /** A slice of processing over all tasks in turn. True where there may be more at once. */
  #process(): boolean {
    if (this.#isFull) return false;
    const until = this.#timing.monotonic() + SLICE_MS;
    let processed = 0;
    let busy = true;
    while (busy && this.#timing.monotonic() < until) {
      busy = false;
      for (const task of this.#tasks.values()) {
        // Batches between looks at the clock.
        for (let n = 0; n < 64 && task.processNext(); n++) {
          processed++;
          busy = true;
        }
      }
    }
    if (processed > 0) this.#options.metrics.processed(processed);
    return processed > 0;
  }

  /** Emits the results of asynchronous steps. True where there were any. */
  #settle(): boolean {
    let settled = false;
    for (const task of this.#tasks.values()) settled = task.settle() || settled;
    return settled;
  }

  #punctuate(): void {
    const now = this.#timing.now();
    for (const task of this.#tasks.values()) task.punctuate(now);
  }

  /** So much waits for a commit that it is due, and that no more is processed before. */
  get #isFull(): boolean {
    return this.#producer.pendingBytes > MAX_PENDING_BYTES || this.tasks.some((task) => task.isFull);
  }

  async #fetch(busy: boolean): Promise<void> {
    if (this.#producer.pendingBytes > MAX_PENDING_BYTES) await this.#producer.drained();
    // A turn of the event loop lets answers and heartbeats in, however much there is to do.
    await this.#timing.turn();
    this.#idle = !busy && this.#inFlight === undefined && !this.#path.behind && this.tasks.every(hasNothing);
    for (const fetched of await this.#fetcher.poll(busy ? 0 : this.#waitMs())) {
      const owner = this.#ownerOf(fetched);
      if (owner !== undefined) await owner.push(fetched);
    }
    this.#throttle();
    if (!busy) this.#options.metrics.lag(this.lag);
  }

  #ownerOf({ topic, partition }: { topic: string; partition: number }): Task | undefined {
    return this.tasks.find((task) =>
      task.queues.some((queue) => queue.topic === topic && queue.partition === partition),
    );
  }

  #waitMs(): number {
    if (this.tasks.some((task) => task.isWaiting)) return RESULTS_MS;
    const punctuation = Math.min(...this.tasks.map((task) => task.punctuationDue)) - this.#timing.now();
    const commit =
      this.#inFlight === undefined && this.#nextCommit === 0 ? IDLE_MS : this.#nextCommit - this.#timing.monotonic();
    return Math.max(1, Math.min(IDLE_MS, commit, punctuation));
  }

  /** Fetches no more of what waits long enough already. */
  #throttle(): void {
    const limit = this.#options.settings.bufferedRecordsPerPartition;
    for (const task of this.#tasks.values()) {
      for (const queue of task.queues) {
        const id = `${queue.topic}-${queue.partition}`;
        if (queue.length >= limit && !this.#paused.has(id)) {
          this.#paused.add(id);
          this.#fetcher.pause([queue]);
        } else if (queue.length < limit / 2 && this.#paused.delete(id)) this.#fetcher.resume([queue]);
      }
    }
  }

  // --- commit

  async #commitIfDue(busy: boolean): Promise<void> {
    const now = this.#timing.monotonic();
    if (this.#nextCommit === 0) this.#nextCommit = now + this.#options.settings.commitIntervalMs;
    if (this.#inFlight !== undefined || (now < this.#nextCommit && !this.#isFull)) return;
    this.#nextCommit = now + this.#options.settings.commitIntervalMs;
    this.#startCommit(busy ? 'due' : 'now');
  }

  /** Starts a commit; its outcome is looked at in a later turn. */
  #startCommit(checkpoint: 'due' | 'now'): void {
    const run = async (): Promise<void> => {
      if (await this.#path.commit(this.tasks)) this.#committed();
      this.#checkpoint(checkpoint);
    };
    this.#inFlight = run()
      .catch((error: unknown) => {
        this.#commitError = error;
      })
      .finally(() => {
        this.#inFlight = undefined;
      });
  }

  /** Commits all work up to now and waits for it. */
  async #commitAndWait(): Promise<void> {
    await this.#inFlight;
    this.#throwCommitError();
    if (await this.#path.commit(this.tasks)) this.#committed();
  }

  #committed(): void {
    this.#recoveries = 0;
    this.#options.metrics.committed();
  }

  /** A state file that cannot be written may be so for a moment: what it lacks is written with a later commit. */
  #checkpoint(when: 'due' | 'now'): void {
    try {
      this.#path.checkpoint(this.tasks, when);
      this.#unwrittenSince = undefined;
    } catch (error) {
      const now = this.#timing.monotonic();
      this.#unwrittenSince ??= now;
      if (!isCurable(error) || now - this.#unwrittenSince > MAX_UNWRITTEN_MS) throw error;
    }
    this.#purge();
  }

  /** Records of internal topics that all tasks of this thread are done with are deleted, now and then. */
  #purge(): void {
    const now = this.#timing.monotonic();
    if (now < this.#nextPurge) return;
    this.#nextPurge = now + PURGE_MS;
    const { application, log } = this.#options;
    const done = this.#path.committedOf((topic) => application.isRepartition(topic));
    if (done.length > 0) void log.deleteRecordsBefore(done).catch(() => {});
  }

  #throwCommitError(): void {
    const error = this.#commitError;
    this.#commitError = undefined;
    if (error !== undefined) throw error;
  }

  #commitPath(): CommitPath {
    const { backend, application, settings } = this.#options;
    return new CommitPath({
      producer: this.#producer,
      backend,
      group: application.id,
      token: () => this.#membership.token,
      checkpointIntervalMs: settings.checkpointIntervalMs,
      now: () => this.#timing.monotonic(),
    });
  }

  // --- failure

  /** Drops all that is not committed and begins again from what is; gives up where that cannot help. */
  async #recover(error: unknown): Promise<void> {
    await this.#inFlight;
    this.#commitError = undefined;
    if (!isCurable(error) || ++this.#recoveries > MAX_RECOVERIES) throw error;
    this.#options.metrics.recovered();
    this.#drop();
    // Not at once again and again: most of what can be cured takes a moment.
    await this.#timing.sleep(Math.min(MAX_BACKOFF_MS, 25 * 2 ** this.#recoveries));
    try {
      const isFenced = isMillraceError(error, 'FENCED') || this.#membership.failure !== null;
      if (isFenced || !(await this.#abort())) await this.#reopen();
    } catch (again) {
      await this.#recover(again);
    }
  }

  /** False where the producer is of no more use. */
  async #abort(): Promise<boolean> {
    try {
      await this.#producer.abort();
      return true;
    } catch {
      return false;
    }
  }

  #letGo(task: Task): void {
    this.#fetcher.unassign(task.partitions);
    for (const { topic, partition } of task.partitions) this.#paused.delete(`${topic}-${partition}`);
    task.close();
  }

  #drop(): void {
    for (const task of this.tasks) this.#letGo(task);
    this.#tasks.clear();
    this.#path.reset();
  }

  /** A fenced producer or member is of no more use. */
  async #reopen(): Promise<void> {
    await this.#producer.close().catch(() => {});
    await this.#membership.leave({ keep: true }).catch(() => {});
    this.#producer = await openProducer(this.#options);
    this.#membership = await this.#options.join();
    this.#path = this.#commitPath();
  }

  async #close(): Promise<void> {
    await this.#inFlight;
    for (const task of this.tasks) task.close();
    await this.#fetcher.close();
    await this.#producer.close();
    await this.#membership.leave();
  }
}

/** Worth beginning again from what is committed. */
function isCurable(error: unknown): boolean {
  return isMillraceError(error) && (error.code === 'FENCED' || error.retryable);
}

const nameOf = ({ subtopology, partition }: TaskId): string => `${subtopology}_${partition}`;

const hasNothing = (task: Task): boolean =>
  !task.isWaiting && task.queues.every((queue) => queue.length === 0 && !queue.lagging);

async function openProducer({ log, backend, settings }: StreamThreadOptions): Promise<Producer> {
  const { transactionTimeoutMs } = settings;
  return log.producer(
    settings.processingGuarantee === 'exactly_once'
      ? { transactionalId: backend.identity.transactionalId, transactionTimeoutMs }
      : { transactionTimeoutMs },
  );
}
