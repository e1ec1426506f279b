import { isMillraceError } from '../errors.ts';
import type { Fetcher, Log, Membership, Producer, TaskId } from '../log/port.ts';
import type { StateBackend } from '../state/store.ts';
import type { Application } from './application.ts';
import type { Codecs } from './codecs.ts';
import { CommitLoop } from './commit-loop.ts';
import { CommitPath } from './commit-path.ts';
import { isCurable, recoveryText } from './curable.ts';
import type { GlobalTables } from './global-tables.ts';
import type { WorkerMetrics } from './metrics.ts';
import { openTask } from './open-task.ts';
import type { ResolvedSettings } from './settings.ts';
import type { Task } from './task.ts';
import { isTooMuch, TaskSet } from './task-set.ts';
import { systemTiming, type Timing } from './timing.ts';

/** How long an idle thread waits for records before it looks at its membership again. */
const IDLE_MS = 100;
/** Recoveries in a row without a commit in between, before the error is taken as final. */
const MAX_RECOVERIES = 10;
/** Between two recoveries at most; the first ones follow sooner. */
const MAX_BACKOFF_MS = 2000;

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
  /** Told what somebody who runs the worker should know. */
  readonly notify?: (text: string) => void;
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
  readonly #tasks: TaskSet;
  #membership: Membership;
  #producer: Producer;
  readonly #fetcher: Fetcher;
  #path: CommitPath;
  #commits: CommitLoop;
  /** The tasks that the group wanted here when it was last told which run. */
  #reportedOn: readonly TaskId[] | null = null;
  #recoveries = 0;
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
    this.#tasks = new TaskSet({
      fetcher: this.#fetcher,
      timing: this.#timing,
      bufferedRecords: options.settings.bufferedRecordsPerPartition,
      cachedRows: options.settings.storeCacheEntries,
      onProcessed: (count) => options.metrics.processed(count),
    });
    this.#path = this.#commitPath();
    this.#commits = this.#commitLoop();
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
    return this.#tasks.all;
  }

  /** Records in the log that its tasks have not processed, as last seen. */
  get lag(): number {
    return this.#tasks.lag;
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
      await this.#commits.finishToFile();
    } catch (error) {
      if (!isCurable(error)) throw error;
    }
  }

  async #turn(): Promise<void> {
    try {
      this.#options.globals.check();
      await this.#followMembership();
      const settled = this.#tasks.settle();
      const busy = (!this.#isFull && this.#tasks.process()) || settled;
      this.#tasks.punctuate();
      this.#commits.startIfDue({ isFull: this.#isFull, isBusy: busy });
      this.#purge();
      await this.#fetch(busy);
      this.#commits.throwError();
    } catch (error) {
      await this.#recover(error);
    }
  }

  // --- tasks

  async #followMembership(): Promise<void> {
    const { failure, assigned } = this.#membership;
    if (failure !== null) throw failure;
    if (assigned === null || (this.isRunning && assigned === this.#reportedOn)) return;
    const wanted = new Set(assigned.map(nameOf));
    const leaving = this.tasks.filter((task) => !wanted.has(task.name));
    if (leaving.length > 0) await this.#giveUp(leaving);
    this.#own(wanted);
    // An open transaction would wait for the restoration, and time out.
    await this.#commits.finish();
    for (const id of assigned) if (!this.#tasks.has(nameOf(id)) && !(await this.#open(id))) break;
    // Also what was given and taken back before it ran here is given up by this, or nobody else would get it.
    this.#reportedOn = this.#membership.assigned;
    this.#membership.report(this.tasks.map((task) => task.id));
  }

  /** Who reads the state file sees only what is processed here. */
  #own(wanted: ReadonlySet<string>): void {
    const { application, backend } = this.#options;
    const homes = new Map<string, number>();
    for (const { index, nodes } of application.topology.subtopologies)
      for (const { store } of nodes) if (store !== undefined) homes.set(store.name, index);
    backend.own?.([...homes.keys()], (store, partition) => wanted.has(`${homes.get(store)}_${partition}`));
  }

  /** Commits first: only then another member may have them. */
  async #giveUp(leaving: readonly Task[]): Promise<void> {
    await this.#commits.finishToFile();
    this.#tasks.remove(leaving);
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
    this.#tasks.add(task);
    this.#options.metrics.tasks(this.#tasks.size);
    return true;
  }

  // --- processing

  get #isFull(): boolean {
    return this.#tasks.isFull(this.#producer);
  }

  async #fetch(busy: boolean): Promise<void> {
    if (isTooMuch(this.#producer)) await this.#producer.drained();
    // A turn of the event loop lets answers and heartbeats in, however much there is to do.
    await this.#timing.turn();
    this.#idle = !busy && this.#commits.isIdle && this.#tasks.isIdle;
    await this.#tasks.fetch(busy ? 0 : this.#tasks.waitMs(this.#commits.waitMs(IDLE_MS)));
    if (!busy) this.#options.metrics.lag(this.lag);
  }

  // --- commit

  /** Records of internal topics that nobody needs any more are deleted, now and then. */
  #purge(): void {
    const now = this.#timing.monotonic();
    if (now < this.#nextPurge) return;
    const { application, log, settings } = this.#options;
    this.#nextPurge = now + settings.repartitionPurgeIntervalMs;
    const read = this.#path.committedOf((topic) => application.isRepartition(topic));
    const done = [...read, ...this.tasks.flatMap((task) => task.stores.trimmed())];
    if (done.length > 0) void log.deleteRecordsBefore(done).catch(() => {});
  }

  #commitLoop(): CommitLoop {
    return new CommitLoop({
      path: this.#path,
      tasks: () => this.tasks,
      timing: this.#timing,
      intervalMs: this.#options.settings.commitIntervalMs,
      notify: this.#options.notify,
      onCommitted: () => {
        this.#recoveries = 0;
        this.#options.metrics.committed();
      },
    });
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
    await this.#commits.settled();
    if (!isCurable(error) || ++this.#recoveries > MAX_RECOVERIES) throw error;
    this.#options.metrics.recovered();
    if (this.#recoveries === 1) this.#options.notify?.(recoveryText(error));
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

  #drop(): void {
    this.#tasks.remove(this.tasks);
    this.#path.reset();
  }

  /** A fenced producer or member is of no more use. */
  async #reopen(): Promise<void> {
    await this.#producer.close().catch(() => {});
    await this.#membership.leave({ keep: true }).catch(() => {});
    this.#producer = await openProducer(this.#options);
    this.#membership = await this.#options.join();
    this.#path = this.#commitPath();
    this.#commits = this.#commitLoop();
  }

  async #close(): Promise<void> {
    await this.#commits.settled();
    for (const task of this.tasks) task.close();
    await this.#fetcher.close();
    await this.#producer.close();
    await this.#membership.leave();
  }
}

const nameOf = ({ subtopology, partition }: TaskId): string => `${subtopology}_${partition}`;

async function openProducer({ log, backend, settings }: StreamThreadOptions): Promise<Producer> {
  const { transactionTimeoutMs } = settings;
  return log.producer(
    settings.processingGuarantee === 'exactly_once'
      ? { transactionalId: backend.identity.transactionalId, transactionTimeoutMs }
      : { transactionTimeoutMs },
  );
}
