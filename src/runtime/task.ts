import { failure } from '../errors.ts';
import type { FetchedPartition, Position, TaskId } from '../log/port.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { Checkpoint, KeyValueStore, ReadOnlyKeyValueStore, StateBackend, TimedStore } from '../state/store.ts';
import type { GraphNode } from '../topology/graph.ts';
import type { StreamRecord } from '../topology/records.ts';
import type {
  AsyncStep,
  Punctuate,
  PunctuationType,
  Punctuator,
  Routing,
  Send,
  TaskScope,
} from '../topology/task-scope.ts';
import type { Application } from './application.ts';
import { AsyncLanes } from './async-lanes.ts';
import type { Codecs } from './codecs.ts';
import type { Collector } from './collector.ts';
import type { ErrorPolicy } from './error-policy.ts';
import type { GlobalTables } from './global-tables.ts';
import { Punctuators } from './punctuators.ts';
import { RecordQueue } from './record-queue.ts';
import type { ResolvedSettings } from './settings.ts';
import { type Enter, type Entrance, lettingNullsThrough, TaskInput } from './task-input.ts';
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
  readonly settings: Pick<ResolvedSettings, 'emit' | 'compat' | 'storeCacheEntries'>;
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
  readonly #enters = new Map<number, Enter>();
  readonly #flushes: (() => void)[] = [];
  readonly #held: (() => number)[] = [];
  readonly #byStreamTime = new Punctuators();
  readonly #byWallClock = new Punctuators();
  readonly #async: AsyncLanes;
  #inputs: TaskInput[] = [];
  /** The offsets of the last commit, to commit only what moved. */
  #committed = new Map<string, number>();

  /** Builds the live graph and opens the stores. `start` comes after the stores are restored. */
  constructor(options: TaskOptions) {
    const { id, application, settings } = options;
    this.#options = options;
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
    this.#enters.set(node.id, enter);
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

  rowFailed(name: string, error: unknown, row: { key: unknown; value: unknown; timestamp: number }): void {
    const store = this.stores.find(name);
    const bytes = {
      key: () => (store === undefined ? null : Buffer.from(store.key.encode(row.key))),
      value: () => (store === undefined || row.value === null ? null : Buffer.from(store.value.encode(row.value))),
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
  get partitions(): { topic: string; partition: number }[] {
    const { application } = this.#options;
    const { subtopology, partition } = this.id;
    const topics = application
      .sources(subtopology, partition)
      .map(({ source }) => source && application.topicOf(source));
    return [...new Set(topics)].flatMap((topic) => (topic === undefined ? [] : [{ topic, partition }]));
  }

  /** Takes up its inputs. `ends` is how far the log goes now; `committed`, what the group has committed already. */
  start(positions: readonly Position[], ends: readonly Position[], committed: readonly Position[] = positions): void {
    this.#inputs = positions.map(({ topic, partition, offset }) => {
      const end = ends.find((other) => other.topic === topic && other.partition === partition)?.offset ?? offset;
      const queue = new RecordQueue({ topic, partition, position: offset, end });
      return this.#input(queue);
    });
    this.#committed = new Map(committed.map(({ topic, offset }) => [topic, offset]));
  }

  /** Takes up partition times where the state file left them, so that time does not go back over a restart. */
  recall(checkpoints: readonly Checkpoint[]): void {
    for (const queue of this.queues) {
      const kept = checkpoints.find((at) => at.topic === queue.topic && at.partition === queue.partition);
      if (kept !== undefined && kept.time > queue.time) queue.time = kept.time;
      if (queue.time > this.streamTime) this.streamTime = queue.time;
    }
    if (this.streamTime >= 0) this.#byStreamTime.resume(this.streamTime);
  }

  get queues(): RecordQueue[] {
    return this.#inputs.map((input) => input.queue);
  }

  /** Queues what was fetched. Returns a promise where schemas must be looked up first. */
  push(fetched: FetchedPartition): Promise<void> | undefined {
    const input = this.#inputs.find(({ queue }) => queue.topic === fetched.topic);
    if (input === undefined) return undefined;
    const wait = input.prepare(fetched.records);
    if (wait === undefined) {
      input.queue.push(fetched);
      return undefined;
    }
    return wait.then(() => input.queue.push(fetched));
  }

  /** Looks up the schemas that such records of a topic need. */
  async learn(topic: string, records: readonly FetchedRecord[]): Promise<void> {
    for (const input of this.#inputs) if (input.queue.topic === topic) await input.prepare(records);
  }

  // --- processing

  /**
   * Processes the waiting record with the smallest timestamp, to the end or to an asynchronous step. False where there is
   * none, where an empty input is known to have more in the log, which may be older, or where such a step is full.
   */
  processNext(): boolean {
    if (this.#async.isFull) return false;
    const inputs = this.#inputs;
    let next: TaskInput | undefined;
    let head: FetchedRecord | undefined;
    let time = 0;
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i];
      if (input === undefined) continue;
      const candidate = input.head();
      if (candidate === undefined) {
        if (input.queue.lagging) return false;
      } else if (head === undefined || input.headTime < time) {
        next = input;
        head = candidate;
        time = input.headTime;
      }
    }
    if (next === undefined || head === undefined) return false;
    if (time > this.streamTime) this.streamTime = time;
    this.#async.begin(next.queue, head);
    next.process(head);
    this.#async.end();
    if (this.streamTime >= this.#byStreamTime.due)
      this.#byStreamTime.fire(this.streamTime, (error) => this.#options.errors.punctuation('streamTime', error));
    return true;
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
  get positions(): Position[] {
    return this.queues.map(({ topic, partition, done }) => ({ topic, partition, offset: done }));
  }

  /** Ends what a commit takes: emits what waited for it, in graph order, and seals stores and offsets. */
  seal(): TaskSeal {
    for (const flush of this.#flushes) flush();
    const stores = this.stores.seal();
    const inputs = this.queues
      .filter((queue) => queue.done !== this.#committed.get(queue.topic))
      .map(({ topic, partition, done, doneTime }) => ({ topic, partition, offset: done, time: doneTime }));
    for (const { topic, offset } of inputs) this.#committed.set(topic, offset);
    return { task: this, stores, inputs };
  }

  #openStore({ store }: GraphNode): void {
    if (store === undefined) return;
    const { application, codecs, collector, backend, settings } = this.#options;
    const topic = application.changelogOf(store);
    const { partition } = this.id;
    const own = store.sourceTopic === undefined;
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

  #input(queue: RecordQueue): TaskInput {
    const { errors, now, countDrop, application } = this.#options;
    const [node] = application
      .sources(this.id.subtopology, this.id.partition)
      .filter(({ source }) => source !== undefined && application.topicOf(source) === queue.topic);
    const dropped = (reason: string): void => {
      if (node !== undefined) countDrop(node, reason);
    };
    return new TaskInput({ queue, entrances: this.#entrances(queue.topic), errors, now, dropped });
  }

  #entrances(topic: string): Entrance[] {
    const { application, codecs } = this.#options;
    return application.sources(this.id.subtopology, this.id.partition).flatMap((node) => {
      const { source } = node;
      const enter = this.#enters.get(node.id);
      if (source === undefined || enter === undefined || application.topicOf(source) !== topic) return [];
      const { key, value, internal, timestampExtractor } = source;
      const nulls = lettingNullsThrough({ key, value, internal, table: node.store !== undefined });
      const read = { key: codecs.get(topic, 'key', key), value: codecs.get(topic, 'value', value) };
      return [{ enter, ...read, timestampExtractor, ...nulls }];
    });
  }
}
