import { failure, isMillraceError } from '../errors.ts';
import type { Fetcher, Log, Membership, Position, Producer, TaskId, TopicPartition } from '../log/port.ts';
import type { StateBackend } from '../state/store.ts';
import type { OffsetReset } from '../topology/graph.ts';
import type { Application } from './application.ts';
import type { Codecs } from './codecs.ts';
import { Collector } from './collector.ts';
import { CommitPath } from './commit-path.ts';
import { ErrorPolicy } from './error-policy.ts';
import type { GlobalTables } from './global-tables.ts';
import type { WorkerMetrics } from './metrics.ts';
import { restore } from './restore.ts';
import type { ResolvedSettings } from './settings.ts';
import { Task } from './task.ts';
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
  #commits: CommitPath;
  #inFlight: Promise<void> | undefined;
  #commitError: unknown;
  #nextCommit = 0;
  #recoveries = 0;
  #stopping = false;
  /** Set when it can no longer go on. */
  #idle = false;

  private constructor(options: StreamThreadOptions, membership: Membership, producer: Producer) {
    this.#options = options;
    this.#timing = options.timing ?? systemTiming;
    this.#membership = membership;
    this.#producer = producer;
    this.#fetcher = options.log.fetcher();
    this.#commits = this.#commitPath();
  }

  /** Fences whoever had this identity before, then joins. */
  static async open(options: StreamThreadOptions): Promise<StreamThread> {
    const producer = await openProducer(options);
    const membership = await options.join();
    return new StreamThread(options, membership, producer);
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
      await this.#commit();
      this.#commits.checkpoint(this.tasks, 'now');
    } finally {
      await this.#close();
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
    for (const id of assigned) if (!this.#tasks.has(nameOf(id))) await this.#open(id);
    this.#membership.report(this.tasks.map((task) => task.id));
  }

  /** Commits first: only then another member may have them. */
  async #giveUp(leaving: readonly Task[]): Promise<void> {
    await this.#commit();
    this.#commits.checkpoint(this.tasks, 'now');
    for (const task of leaving) {
      this.#fetcher.unassign(task.partitions);
      task.close();
      this.#tasks.delete(task.name);
    }
    this.#options.metrics.tasks(this.#tasks.size);
    this.#membership.report(this.tasks.map((task) => task.id));
  }

  async #open(id: TaskId): Promise<void> {
    const { log, application, backend, metrics } = this.#options;
    const task = this.#build(id);
    const { partitions } = task;
    // The order matters: stable offsets first, then the end of the changelogs (see `restore`).
    const committed = await log.committed(application.id, partitions);
    metrics.restored(await restore(task.stores.all(), { log, backend, committed }));
    task.stores.reset();
    const positions = await startPositions(log, application, { partitions, committed, now: this.#timing.now() });
    // A position that nobody has committed is committed first of all, or a crash would begin at a later 'latest'.
    task.start(positions, await log.offsets(partitions, 'stable'), committed);
    task.recall(backend.checkpoints());
    this.#fetcher.assign(positions);
    this.#tasks.set(task.name, task);
    metrics.tasks(this.#tasks.size);
  }

  #build(id: TaskId): Task {
    const { application, codecs, backend, settings, metrics } = this.#options;
    const collector = new Collector(application, codecs, this.#producer);
    return new Task({
      id,
      application,
      codecs,
      collector,
      backend,
      settings,
      globals: this.#options.globals,
      now: () => this.#timing.now(),
      timers: this.#timing.timers,
      errors: new ErrorPolicy({
        settings,
        deadLetter: (record) => collector.raw(settings.deadLetterTopic, 0, record),
        count: (stage, outcome, topic) => metrics.rejected(stage, outcome, topic),
      }),
      countDrop: (node, reason) => metrics.dropped(node.name ?? node.kind, reason),
    });
  }

  // --- processing

  /** A slice of processing over all tasks in turn. True where there may be more at once. */
  #process(): boolean {
    if (this.#producer.pendingBytes > MAX_PENDING_BYTES) return false;
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

  async #fetch(busy: boolean): Promise<void> {
    if (this.#producer.pendingBytes > MAX_PENDING_BYTES) await this.#producer.drained();
    // A turn of the event loop lets answers and heartbeats in, however much there is to do.
    await this.#timing.turn();
    this.#idle = !busy && this.#inFlight === undefined && !this.#commits.behind && this.tasks.every(hasNothing);
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
    const isFull = this.#producer.pendingBytes > MAX_PENDING_BYTES;
    if (this.#inFlight !== undefined || (now < this.#nextCommit && !isFull)) return;
    this.#nextCommit = now + this.#options.settings.commitIntervalMs;
    this.#begin(busy ? 'due' : 'now');
  }

  /** Starts a commit; its outcome is looked at in a later turn. */
  #begin(checkpoint: 'due' | 'now'): void {
    const run = async (): Promise<void> => {
      const done = await this.#commits.commit(this.tasks);
      if (done) {
        this.#recoveries = 0;
        this.#options.metrics.committed();
      }
      this.#commits.checkpoint(this.tasks, checkpoint);
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
  async #commit(): Promise<void> {
    await this.#inFlight;
    this.#throwCommitError();
    if (await this.#commits.commit(this.tasks)) this.#options.metrics.committed();
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
    const curable = isMillraceError(error) && (error.code === 'FENCED' || error.retryable);
    if (!curable || ++this.#recoveries > MAX_RECOVERIES) throw error;
    this.#options.metrics.recovered();
    this.#drop();
    await this.#producer.abort().catch(() => {});
    if (error.code === 'FENCED' || this.#membership.failure !== null) await this.#reopen();
  }

  #drop(): void {
    for (const task of this.tasks) {
      this.#fetcher.unassign(task.partitions);
      task.close();
    }
    this.#tasks.clear();
    this.#paused.clear();
    this.#commits.reset();
  }

  /** A fenced producer or member is of no more use. */
  async #reopen(): Promise<void> {
    await this.#producer.close().catch(() => {});
    await this.#membership.leave({ keep: true }).catch(() => {});
    this.#producer = await openProducer(this.#options);
    this.#membership = await this.#options.join();
    this.#commits = this.#commitPath();
  }

  async #close(): Promise<void> {
    await this.#inFlight;
    for (const task of this.tasks) task.close();
    await this.#fetcher.close();
    await this.#producer.close();
    await this.#membership.leave();
  }
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

/**
 * The committed offsets; where there is none yet, what the source says. In the order of the inputs: of records with equal
 * timestamps the first input's come first, and a restart must not change that.
 */
async function startPositions(
  log: Log,
  application: Application,
  inputs: { partitions: readonly TopicPartition[]; committed: readonly Position[]; now: number },
): Promise<Position[]> {
  const { partitions, committed, now } = inputs;
  const known = new Map(committed.map((position) => [position.topic, position]));
  const found = await Promise.all(
    partitions.map(async (partition) => {
      const position = known.get(partition.topic);
      return position === undefined
        ? startOf(log, partition, { reset: application.resetOf(partition.topic), now })
        : [position];
    }),
  );
  return found.flat();
}

async function startOf(
  log: Log,
  partition: TopicPartition,
  { reset, now }: { reset: OffsetReset; now: number },
): Promise<Position[]> {
  if (reset === 'none') throw failure('OFFSET_MISSING', { topic: partition.topic });
  if (reset === 'latest') return log.offsets([partition], 'stable');
  if (reset === 'earliest') return log.offsets([partition], 'earliest');
  return log.offsets([partition], now - reset.byDurationMs);
}
