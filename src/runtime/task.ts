import { failure } from '../errors.ts';
import type { FetchedPartition, Position, TaskId, TopicPartition } from '../log/port.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { Checkpoint, KeyValueStore, ReadOnlyKeyValueStore, StateBackend, TimedStore } from '../state/store.ts';
import type { GraphNode } from '../topology/graph.ts';
import type { StreamRecord } from '../topology/records.ts';
import type {
  AsyncStep,
  Expiring,
  Punctuate,
  PunctuationType,
  Punctuator,
  Routing,
  Send,
  Span,
  TaskScope,
} from '../topology/task-scope.ts';
import type { Application } from './application.ts';
import { AsyncLanes } from './async-lanes.ts';
import type { Codecs } from './codecs.ts';
import type { Collector } from './collector.ts';
import type { ErrorPolicy } from './error-policy.ts';
import { ExpiringRows } from './expiring-rows.ts';
import type { GlobalTables } from './global-tables.ts';
import { letterBytes } from './letter-bytes.ts';
import { Punctuators } from './punctuators.ts';
import type { RecordQueue } from './record-queue.ts';
import type { ResolvedSettings } from './settings.ts';
import type { Enter } from './task-input.ts';
import { type KeptTime, TaskInputs } from './task-inputs.ts';
import { type SealedStores, TaskStores } from './task-stores.ts';
import type { Timers } from './timers.ts';

/** Rows and changes that wait for a commit at most, so that memory stays bounded however long one takes. */
const MAX_WAITING = 100_000;

export interface TaskOptions {
  readonly globals: Pick<GlobalTables, 'store'>;
  readonly id: TaskId;
  readonly application: Application;
  readonly codecs: Codecs;
  readonly collector: Collector;
  readonly backend: StateBackend;
  readonly errors: ErrorPolicy;
  readonly settings: Pick<ResolvedSettings, 'emit' | 'compat' | 'storeCacheEntries' | 'maxTaskIdleMs'>;
  /** The clock on the wall, ms since 1970. */
  readonly now: () => number;
  /** For asynchronous steps. */
  readonly timers: Timers;
  readonly countDrop: (node: GraphNode, reason: string) => void;
}

/** What a commit has taken from a task. */
export interface TaskSeal {
  readonly task: Task;
  readonly stores: SealedStores;
  readonly inputs: readonly Checkpoint[];
}

/**
 * The unit of work: one partition of one sub-topology, with its live graph, its stores and the queues of its inputs. It
 * does no I/O of its own, so that the worker, the test driver and the simulation run the very same one.
 */
export class Task implements TaskScope {
  readonly id: TaskId;
  readonly name: string;
  readonly stores = new TaskStores();
  readonly emit: 'update' | 'commit';
  readonly compat: boolean;
  streamTime = -1;
  readonly #options: TaskOptions;
  readonly #nodes: ReadonlySet<number>;
  readonly #flushes: (() => void)[] = [];
  readonly #held: (() => number)[] = [];
  readonly #expiring = new ExpiringRows();
  readonly #byStreamTime = new Punctuators();
  readonly #byWallClock = new Punctuators();
  readonly #async: AsyncLanes;
  readonly #inputs: TaskInputs;

  /** Builds the live graph and opens the stores. `start` comes after the stores are restored. */
  constructor(options: TaskOptions) {
    const { id, application, settings } = options;
    this.#options = options;
    this.#inputs = new TaskInputs({ ...options, maxIdleMs: settings.maxTaskIdleMs });
    this.#async = new AsyncLanes({ timers: options.timers, errors: options.errors });
    this.id = id;
    this.name = `${id.subtopology}_${id.partition}`;
    this.emit = settings.emit;
    this.compat = settings.compat === 'kafka-streams';
    const nodes = application.topology.subtopologies[id.subtopology]?.nodes ?? [];
    this.#nodes = new Set(nodes.map((node) => node.id));
    for (const node of nodes) this.#openStore(node);
    application.topology.connect(this);
  }

  // --- TaskScope: what the live graph sees

  has(node: GraphNode): boolean {
    return this.#nodes.has(node.id);
  }

  store<K, V>(name: string): KeyValueStore<K, V> {
    // The graph declared the store under this name with these types.
    return this.stores.get(name) as KeyValueStore<K, V>;
  }

  timedStore<K, V>(name: string): TimedStore<K, V> {
    // As above.
    return this.stores.timed(name) as TimedStore<K, V>;
  }

  global<K, V>(name: string): ReadOnlyKeyValueStore<K, V> {
    // The graph declared the table under this name with these types.
    return this.#options.globals.store(name) as ReadOnlyKeyValueStore<K, V>;
  }

  get systemTime(): number {
    return this.#options.now();
  }

  source(node: GraphNode, enter: Enter): void {
    this.#inputs.connect(node, enter);
  }

  around(sources: readonly GraphNode[], span: Span): void {
    this.#inputs.around(sources, span);
  }

  sink(node: GraphNode, routing: Routing = {}): Send {
    if (node.sink === undefined) throw new Error(`Bug in Millrace: ${node.kind} is no sink`);
    return this.#options.collector.sink(node.sink, {
      ...routing,
      dropped: () => this.drop(node, 'no partition'),
      unwritten: (error) => this.#options.errors.unwritten(error),
    });
  }

  onFlush(flush: () => void, held?: () => number): void {
    this.#flushes.push(flush);
    if (held !== undefined) this.#held.push(held);
  }

  expires(rows: Expiring): void {
    this.#expiring.add(rows);
  }

  rowFailed(name: string, error: unknown, row: { key: unknown; value: unknown; timestamp: number }): void {
    const store = this.stores.find(name);
    const bytes = {
      key: () => (store === undefined ? null : letterBytes(store.key, row.key)),
      value: () => (store === undefined || row.value === null ? null : letterBytes(store.value, row.value)),
    };
    this.#options.errors.row(error, { store: name, key: row.key, timestamp: row.timestamp, bytes });
  }

  schedule(type: PunctuationType, everyMs: number, punctuate: Punctuate): Punctuator {
    if (!(everyMs > 0)) throw failure('PUNCTUATION_INVALID', { everyMs });
    return type === 'streamTime'
      ? this.#byStreamTime.schedule({ first: 0, everyMs, punctuate })
      : this.#byWallClock.schedule({ first: this.#options.now() + everyMs, everyMs, punctuate });
  }

  runAsync(node: GraphNode, step: AsyncStep): (record: StreamRecord<unknown, unknown>) => void {
    return this.#async.open(node.name ?? node.kind, step);
  }

  drop(node: GraphNode, reason: string): void {
    this.#options.countDrop(node, reason);
  }

  // --- inputs

  /** The partitions that it reads, with the topics' real names. */
  get partitions(): TopicPartition[] {
    return this.#inputs.partitions;
  }

  /** Takes up its inputs. `ends` is how far the log goes now; `committed`, what the group has committed already. */
  start(positions: readonly Position[], ends: readonly Position[], committed: readonly Position[] = positions): void {
    this.#inputs.start(positions, ends, committed);
  }

  /** Takes up the largest of the partition times that are kept, so that time does not go back over a restart or move. */
  recall(kept: readonly KeptTime[]): void {
    this.streamTime = Math.max(this.streamTime, this.#inputs.recall(kept));
    if (this.streamTime >= 0) this.#byStreamTime.resume(this.streamTime);
  }

  get queues(): readonly RecordQueue[] {
    return this.#inputs.queues;
  }

  /** Queues what was fetched. Returns a promise where schemas must be looked up first. */
  push(fetched: FetchedPartition): Promise<void> | undefined {
    return this.#inputs.push(fetched);
  }

  /** Looks up the schemas that such records of a topic need. */
  learn(topic: string, records: readonly FetchedRecord[]): Promise<void> {
    return this.#inputs.learn(topic, records);
  }

  // --- processing

  /**
   * Processes the waiting record with the smallest timestamp, to the end or to an asynchronous step. False where there is
   * none, where an empty input is known to have more in the log, which may be older, or is worth waiting for, or where such
   * a step is full.
   */
  processNext(): boolean {
    if (this.#async.isFull) return false;
    const next = this.#inputs.next();
    const head = next?.head();
    if (next === undefined || head === undefined) return false;
    if (next.headTime > this.streamTime) this.streamTime = next.headTime;
    this.#expiring.advance(this.streamTime);
    this.#async.begin(next.queue, head);
    next.process(head);
    this.#async.end();
    if (this.streamTime >= this.#byStreamTime.due)
      this.#byStreamTime.fire(this.streamTime, (error) => this.#options.errors.punctuation('streamTime', error));
    return true;
  }

  /** When it goes on without the records that it waits for, ms since 1970; infinite where it waits for none. */
  get idleUntil(): number {
    return this.#inputs.idleUntil;
  }

  /** Emits the results of asynchronous steps that are ready. True where there were any. */
  settle(): boolean {
    return this.#async.settle();
  }

  /** True while asynchronous work is under way, or its results wait for `settle`. */
  get isWaiting(): boolean {
    return !this.#async.isEmpty;
  }

  /** Resolves when no asynchronous call is under way. */
  callsEnded(): Promise<void> {
    return this.#async.idle();
  }

  /** Gives up what is not done: who has the task next takes it again. */
  close(): void {
    this.#async.close();
  }

  /** When a wall-clock punctuator is due next, ms since 1970; infinite where there is none. */
  get punctuationDue(): number {
    return this.#byWallClock.due;
  }

  /** Calls the wall-clock punctuators that are due. True where there were any. */
  punctuate(now: number): boolean {
    if (now < this.#byWallClock.due) return false;
    this.#byWallClock.fire(now, (error) => this.#options.errors.punctuation('wallClock', error));
    return true;
  }

  // --- commit

  /** True where so much waits for the next commit that it should come early. */
  get isFull(): boolean {
    let waiting = this.stores.unsealed;
    for (const held of this.#held) waiting += held();
    return waiting >= MAX_WAITING;
  }

  /** Where its inputs stand: committed again, they fence a task that others have taken over. */
  get positions(): readonly Checkpoint[] {
    return this.#inputs.positions;
  }

  /** Ends what a commit takes: emits what waited for it, in graph order, and seals stores and offsets. */
  seal(): TaskSeal {
    for (const flush of this.#flushes) flush();
    const stores = this.stores.seal();
    return { task: this, stores, inputs: this.#inputs.seal() };
  }

  #openStore({ store }: GraphNode): void {
    if (store === undefined) return;
    const { application, codecs, collector, backend, settings } = this.#options;
    const topic = application.changelogOf(store);
    const { partition } = this.id;
    const own = store.sourceTopic === undefined && store.changelog !== false;
    const opened = {
      declaration: store,
      topic,
      partition,
      key: codecs.get(topic, 'key', store.key),
      value: codecs.get(topic, 'value', store.value),
      changelog: own ? collector.changelog(topic, partition, store) : undefined,
    };
    this.stores.open(backend, opened, settings.storeCacheEntries);
  }
}
