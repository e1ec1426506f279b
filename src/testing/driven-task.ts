import type { FetchedRecord } from '../log/records/fetched-record.ts';
import { Application } from '../runtime/application.ts';
import { Codecs } from '../runtime/codecs.ts';
import { Collector } from '../runtime/collector.ts';
import { CommitPath } from '../runtime/commit-path.ts';
import { ErrorPolicy } from '../runtime/error-policy.ts';
import { GlobalTables } from '../runtime/global-tables.ts';
import { restore } from '../runtime/restore.ts';
import type { ResolvedSettings } from '../runtime/settings.ts';
import { withStoresInMemory } from '../runtime/split-backend.ts';
import { Task } from '../runtime/task.ts';
import type { Timers } from '../runtime/timers.ts';
import type { Registry } from '../serde/registry/registry.ts';
import type { StateBackend } from '../state/store.ts';
import type { Topology } from '../topology/topology.ts';
import { asFetched, type CapturedLog, type CapturedRecord } from './captured-log.ts';
import type { WaitingRecords } from './waiting-records.ts';

export interface DrivenTaskOptions {
  readonly application: Application;
  readonly codecs: Codecs;
  readonly settings: ResolvedSettings;
  readonly log: CapturedLog;
  readonly waiting: WaitingRecords;
  readonly backend: StateBackend;
  readonly now: () => number;
  readonly timers: Timers;
  readonly count: (what: string) => void;
}

/** Binds a topology as one task: all sub-topologies share their stream time and their punctuators, as in Kafka Streams' driver. */
export async function bindAsOneTask(
  topology: Topology,
  { settings, registry }: { settings: ResolvedSettings; registry: Registry },
): Promise<{ application: Application; codecs: Codecs }> {
  const ends = topology.graph.nodes.flatMap((node) => node.source ?? node.sink ?? []);
  const partitions = new Map(ends.filter(({ internal }) => !internal).map(({ topic }) => [topic, 1]));
  const whole = { ...topology, subtopologies: [{ index: 0, nodes: topology.graph.nodes }] };
  const application = Application.of(settings.applicationId, whole, partitions, 1);
  return { application, codecs: await Codecs.open(application, registry) };
}

/** The one task of the test driver, on the commit path of the real worker. It lives until the next restart. */
export class DrivenTask {
  readonly task: Task;
  readonly globals: GlobalTables;
  /** Where it found its state, and where another one would. */
  readonly backend: StateBackend;
  readonly deadLetterTopic: string;
  readonly #log: CapturedLog;
  readonly #waiting: WaitingRecords;
  readonly #commits: CommitPath;
  readonly #now: () => number;

  private constructor(
    options: DrivenTaskOptions & {
      globals: GlobalTables;
      errors: ErrorPolicy;
      collector: Collector;
      whole: StateBackend;
    },
  ) {
    const { application, codecs, settings, log, globals, errors, collector, now, count } = options;
    const backend = options.whole;
    this.#log = log;
    this.#waiting = options.waiting;
    this.#now = now;
    this.backend = options.backend;
    this.deadLetterTopic = settings.deadLetterTopic;
    this.globals = globals;
    const id = { subtopology: 0, partition: 0 };
    const countDrop = (node: { name?: string; kind: string }, reason: string): void =>
      count(`${node.name ?? node.kind}: ${reason}`);
    const { timers } = options;
    this.task = new Task({
      id,
      application,
      codecs,
      collector,
      backend,
      globals,
      // Every record is processed at once.
      settings: { ...settings, maxTaskIdleMs: 0 },
      errors,
      now,
      timers,
      countDrop,
    });
    const group = application.id;
    this.#commits = new CommitPath({
      producer: log,
      backend,
      group,
      token: () => null,
      checkpointIntervalMs: 0,
      now: () => 0,
    });
  }

  /** Builds the task, restores its stores from the log and takes up its inputs where they were committed. */
  static async start(options: DrivenTaskOptions): Promise<DrivenTask> {
    const { application, codecs, settings, count } = options;
    const collector = new Collector(application, codecs, options.log);
    const errors = new ErrorPolicy({
      settings,
      deadLetter: (record) => collector.raw(settings.deadLetterTopic, 0, record),
      count: (stage) => count(stage),
    });
    const countDrop = (table: string, reason: string): void => count(`${table}: ${reason}`);
    const globals = await GlobalTables.open({
      ...options,
      errors,
      cacheEntries: settings.storeCacheEntries,
      countDrop,
    });
    const backend = withStoresInMemory(options.backend, application);
    const driven = new DrivenTask({ ...options, globals, errors, collector, whole: backend });
    const { task } = driven;
    const { log } = options;
    const committed = log.committed();
    await restore(task.stores.all(), { log, backend, committed });
    task.stores.reset();
    const positions = task.partitions.map(
      (input) => committed.find(({ topic }) => topic === input.topic) ?? { ...input, offset: 0 },
    );
    task.start(positions, positions);
    task.recall([...backend.checkpoints(), ...committed]);
    // What the last task had taken and not done is taken again.
    options.waiting.clear();
    for (const { topic, offset } of positions)
      for (const record of log.topic(topic).slice(offset)) options.waiting.add(topic, record);
    return driven;
  }

  /**
   * Waits for the asynchronous calls that are under way, and processes their results and what follows from them, until
   * there are none left.
   */
  async settled(): Promise<void> {
    while (this.task.isWaiting) {
      await this.task.callsEnded();
      this.#settle();
    }
  }

  /** Processes the asynchronous results that are ready. */
  #settle(): void {
    if (!this.task.settle()) return;
    while (this.task.processNext());
    this.drain();
  }

  /** Looks up the schemas that such records of a topic need. */
  async learn(topic: string, records: readonly FetchedRecord[]): Promise<void> {
    await this.task.learn(topic, records);
    await this.globals.learn(topic, records);
  }

  /** Abandons what is not done. */
  close(): void {
    this.task.close();
  }

  /** Takes up what was written to the topic of a global table. */
  takeGlobal(topic: string, record: CapturedRecord): void {
    const end = record.offset + 1;
    this.globals.take({ topic, partition: 0, records: [asFetched(record)], position: end, end, highWatermark: end });
  }

  /** Processes what waits, to the end, and what follows from it. */
  drain(): void {
    for (let next = this.#waiting.next(); next !== undefined; next = this.#waiting.next()) {
      const { topic, record } = next;
      const end = record.offset + 1;
      // Schemas are in the registry of this process: nothing has to be waited for.
      void this.task.push({
        topic,
        partition: 0,
        records: [asFetched(record)],
        position: end,
        end,
        highWatermark: end,
      });
      this.task.processNext();
    }
  }

  punctuate(): void {
    this.task.punctuate(this.#now());
    this.drain();
  }

  /** Commits, and processes what that lets out, until nothing more comes. */
  commit(checkpoint: 'now' | 'not' = 'now'): void {
    this.#settle();
    for (let before = -1; before !== this.#appended(); ) {
      before = this.#appended();
      const seals = this.#commits.seal([this.task]);
      this.#log.commitPositions(seals.flatMap(({ inputs }) => inputs));
      this.#commits.confirm(seals, this.#log.ends());
      if (checkpoint === 'now') this.#commits.checkpoint([this.task], 'now');
      this.drain();
    }
  }

  #appended(): number {
    return this.#log.ends().reduce((sum, { offset }) => sum + offset, 0);
  }
}
