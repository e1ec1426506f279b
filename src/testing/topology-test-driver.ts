import { failure, type MillraceError } from '../errors.ts';
import type { Application } from '../runtime/application.ts';
import type { Codecs } from '../runtime/codecs.ts';
import { type ResolvedSettings, resolveSettings, type Settings } from '../runtime/settings.ts';
import { refuseVolatileState } from '../runtime/volatile-state.ts';
import { MemoryRegistry } from '../serde/registry/memory-registry.ts';
import type { Registry } from '../serde/registry/registry.ts';
import type { Serde } from '../serde/serde.ts';
import { MemoryBackend } from '../state/memory/memory-backend.ts';
import type { ReadOnlyKeyValueStore, ReadOnlyTimedStore, StateBackend } from '../state/store.ts';
import type { TimedKind } from '../state/timed-key.ts';
import { type ReadOnlyVersionedStore, type Version, VersionedView } from '../state/versioned-store.ts';
import {
  type ReadOnlySessionStore,
  type ReadOnlyWindowStore,
  SessionView,
  WindowView,
} from '../topology/timed-views.ts';
import type { Topology } from '../topology/topology.ts';
import { historyOf } from '../topology/versioned-table.ts';
import { nearest } from '../util/nearest.ts';
import { CapturedLog } from './captured-log.ts';
import { bindAsOneTask, DrivenTask } from './driven-task.ts';
import type { TestInputTopic, TestInputTopicOptions } from './test-input-topic.ts';
import type { TestOutputTopic } from './test-output-topic.ts';
import { TestTopics } from './test-topics.ts';
import { VirtualTimers } from './virtual-timers.ts';
import { WaitingRecords } from './waiting-records.ts';

/**
 * Settings and surroundings of a test.
 *
 * @see `TopologyTestDriver`
 */
export interface TestDriverOptions {
  /** `emit` is `update` here unless said otherwise: every change of a table comes out. */
  readonly settings?: Settings;
  readonly registry?: Registry;
  /** The topics that patterns choose from. */
  readonly topics?: readonly string[];
  /** Where the state is kept; memory if not given. */
  readonly backend?: StateBackend;
}

/**
 * What a restart finds of the state.
 *
 * @see `TopologyTestDriver`
 */
export interface RestartOptions {
  /**
   * Where the state is found: a state file, which a function opens again when the task is dead, or, to lose the state, a
   * new one. What it was kept in, if not given.
   */
  readonly backend?: StateBackend | (() => StateBackend);
  /** True: the process dies after the log has the last commit and before the state has it. */
  readonly behind?: boolean;
}

/**
 * Runs a topology without a log or a wait: one partition, the tasks and the commit path of the real worker, and a clock on
 * the wall that moves when it is told to. Every record is processed to the end, with all that follows from it through
 * internal topics, before `pipe` returns. Results come in the very order in which Kafka Streams' TopologyTestDriver gives
 * them: all sub-topologies share one stream time, and of the records of internal topics the one with the smallest
 * timestamp comes next.
 *
 * @example
 * const totals = topology('totals', (flow) => {
 *   const amounts = flow.stream('amounts', { key: string(), value: integer() });
 *   amounts.pipe(groupByKey(), reduce('totals', { add: (a, b) => a + b }), to('totals-out'));
 * });
 * const driver = await TopologyTestDriver.open(totals);
 * const amounts = await driver.input('amounts', { key: string(), value: integer() });
 * const out = await driver.output('totals-out', { key: string(), value: integer() });
 * amounts.pipe('ann', 5, { timestamp: 1 });
 * amounts.pipe('ann', 7, { timestamp: 2 });
 * out.readAll().map(({ value, timestamp }) => [value, timestamp]); // → [[5, 1], [12, 2]]
 * driver.store('totals').get('ann'); // → { key: 'ann', value: 12, timestamp: 2 }
 */
export class TopologyTestDriver {
  /** Records left out, by operator and reason. */
  readonly dropped = new Map<string, number>();
  readonly #application: Application;
  readonly #codecs: Codecs;
  readonly #settings: ResolvedSettings;
  readonly #topics: TestTopics;
  readonly #waiting = new WaitingRecords();
  /** What the task reads. */
  readonly #inputs = new Set<string>();
  readonly #log = new CapturedLog((topic, record) => {
    if (this.#inputs.has(topic)) this.#waiting.add(topic, record);
    if (this.#driven?.globals.reads(topic)) this.#driven.takeGlobal(topic, record);
  });
  #now = 0;
  readonly #timers = new VirtualTimers(() => this.#now);
  #driven: DrivenTask | undefined;

  private constructor(options: {
    application: Application;
    codecs: Codecs;
    settings: ResolvedSettings;
    registry: Registry;
  }) {
    this.#application = options.application;
    this.#codecs = options.codecs;
    this.#settings = options.settings;
    this.#topics = new TestTopics({ ...options, log: this.#log, task: () => this.#live });
  }

  /** Opens the codecs, which may register schemas, and builds the task. Throws SETTING_INVALID. */
  static async open(topology: Topology, options: TestDriverOptions = {}): Promise<TopologyTestDriver> {
    const { registry = new MemoryRegistry(), backend = new MemoryBackend() } = options;
    const settings = resolveSettings({ emit: 'update', ...options.settings }, topology.name);
    refuseVolatileState(topology, settings);
    const bound = topology.patterns.length === 0 ? topology : topology.resolve(options.topics ?? []);
    const driver = new TopologyTestDriver({
      ...(await bindAsOneTask(bound, { settings, registry })),
      settings,
      registry,
    });
    await driver.#start(backend);
    return driver;
  }

  /** A topic to write to, with the serdes of whoever writes it. Throws TOPIC_UNKNOWN for one that is not read. */
  input<K, V>(
    topic: string,
    as: { key: Serde<K>; value: Serde<V> } & TestInputTopicOptions,
  ): Promise<TestInputTopic<K, V>> {
    return this.#topics.input(topic, as, (record) => {
      this.#log.pipe(topic, record);
      this.#live.drain();
    });
  }

  /** A topic to read from, with the serdes of whoever reads it. Throws TOPIC_UNKNOWN for one that is never written. */
  output<K, V>(topic: string, as: { key: Serde<K>; value: Serde<V> }): Promise<TestOutputTopic<K, V>> {
    return this.#topics.output(topic, as);
  }

  /** The topics that the topology has written to so far, internal ones left out. */
  producedTopicNames(): string[] {
    return this.#topics.producedTopicNames();
  }

  /** The rows of a store, as its task sees them. Throws STORE_UNKNOWN. */
  store<K, V>(name: string): ReadOnlyKeyValueStore<K, V> {
    this.#checkStore(name);
    if (this.#application.topology.graph.globals.has(name)) return this.#live.task.global(name);
    if (this.#kindOf(name) !== undefined) throw this.#otherKind(name, 'has times');
    return this.#live.task.store(name);
  }

  /** The rows of a store of windows, but sessions, as its task sees them. Throws STORE_UNKNOWN. */
  windowStore<K, V>(name: string): ReadOnlyWindowStore<K, V> {
    return new WindowView(this.#timed<K, V>(name, 'window', 'count'), this.#application.topology.graph.timedKey(name));
  }

  /** The rows of a store of sessions, as its task sees them. Throws STORE_UNKNOWN. */
  sessionStore<K, V>(name: string): ReadOnlySessionStore<K, V> {
    return new SessionView(this.#timed<K, V>(name, 'session'), this.#application.topology.graph.timedKey(name));
  }

  /** The rows of any store with times, as they are kept: windows, sessions, buffers, versions. Throws STORE_UNKNOWN. */
  timedStore<K, V>(name: string): ReadOnlyTimedStore<K, V> {
    return this.#timed(name, 'window', 'session', 'count', 'buffer', 'version');
  }

  /** The rows of a versioned table or store, now and as they were. Throws STORE_UNKNOWN. */
  versionedStore<K, V>(name: string): ReadOnlyVersionedStore<K, V> {
    const rows = this.store<K, V>(name);
    const { historyMs } = this.#application.topology.graph.stores.get(name) ?? {};
    if (historyMs === undefined) throw this.#otherKind(name, 'keeps no versions');
    return new VersionedView(rows, this.timedStore<K, Version<V>>(historyOf(name)), historyMs);
  }

  /** Records left out, whatever the reason. */
  get droppedTotal(): number {
    return [...this.dropped.values()].reduce((sum, n) => sum + n, 0);
  }

  /** Moves the clock on the wall, which begins at 0, and calls the wall-clock punctuators that are due. */
  advanceWallClockTime(ms: number): void {
    this.#now += ms;
    this.#timers.fire();
    this.#live.punctuate();
  }

  /**
   * Resolves when all asynchronous work (`mapAsync`, `forEachAsync`) and what follows from it is done. Waits between two
   * attempts take no time; a time-out comes when the clock on the wall is moved there, so move it first where a call never
   * ends.
   */
  settled(): Promise<void> {
    return this.#live.settled();
  }

  /** Commits, as a worker does between records: what tables hold back until then comes out. */
  commit(): void {
    this.#live.commit();
  }

  /**
   * Commits, kills the task and starts a new one: it finds its state as the back end has it, and reads what that lacks
   * from the changelogs. Topics, counts and the clock stay.
   */
  async restart({ backend = this.#live.backend, behind = false }: RestartOptions = {}): Promise<void> {
    this.#live.commit(behind ? 'not' : 'now');
    this.#live.close();
    await this.#start(typeof backend === 'function' ? backend() : backend);
    this.#live.drain();
  }

  get #live(): DrivenTask {
    if (this.#driven === undefined) throw new Error('Bug in Millrace: the test driver has no task');
    return this.#driven;
  }

  async #start(backend: StateBackend): Promise<void> {
    this.#driven = await DrivenTask.start({
      application: this.#application,
      codecs: this.#codecs,
      settings: this.#settings,
      log: this.#log,
      waiting: this.#waiting,
      backend,
      now: () => this.#now,
      timers: this.#timers,
      count: (what) => void this.dropped.set(what, (this.dropped.get(what) ?? 0) + 1),
    });
    for (const { topic } of this.#live.task.partitions) this.#inputs.add(topic);
  }

  #timed<K, V>(name: string, ...kinds: readonly TimedKind[]): ReadOnlyTimedStore<K, V> {
    this.#checkStore(name);
    const kind = this.#kindOf(name);
    if (kind === undefined) throw this.#otherKind(name, 'has no times');
    if (!kinds.includes(kind)) throw this.#otherKind(name, `is one of kind '${kind}'`);
    return this.#live.task.timedStore(name);
  }

  #kindOf(name: string): TimedKind | undefined {
    return this.#application.topology.graph.stores.get(name)?.timed?.kind;
  }

  #otherKind(store: string, reason: string): MillraceError {
    const hint = 'Read it with store, windowStore, sessionStore, versionedStore or timedStore, as it was made.';
    return failure('STORE_KIND_DIFFERS', { store, reason, hint });
  }

  #checkStore(name: string): void {
    const { stores, globals } = this.#application.topology.graph;
    const names = [...stores.keys(), ...globals.keys()];
    if (names.includes(name)) return;
    const near = nearest(name, names);
    const hint = `The topology has ${names.length === 0 ? 'none' : names.join(', ')}.`;
    throw failure('STORE_UNKNOWN', { store: name, hint: near === undefined ? hint : `${hint} Did you mean ${near}?` });
  }
}
