import { failure } from '../errors.ts';
import type { Headers } from '../log/port.ts';
import { Application } from '../runtime/application.ts';
import { Codecs } from '../runtime/codecs.ts';
import { Collector } from '../runtime/collector.ts';
import { CommitPath } from '../runtime/commit-path.ts';
import { ErrorPolicy } from '../runtime/error-policy.ts';
import { type ResolvedSettings, resolveSettings, type Settings } from '../runtime/settings.ts';
import { Task } from '../runtime/task.ts';
import { MemoryRegistry } from '../serde/registry/memory-registry.ts';
import type { Registry } from '../serde/registry/registry.ts';
import type { Codec, Serde } from '../serde/serde.ts';
import { MemoryBackend } from '../state/memory/memory-backend.ts';
import type { ReadOnlyKeyValueStore, StateBackend } from '../state/store.ts';
import type { StreamRecord } from '../topology/records.ts';
import type { Topology } from '../topology/topology.ts';
import { nearest } from '../util/nearest.ts';
import { asFetched, CapturedLog } from './captured-log.ts';

export interface TestDriverOptions {
  /** `emit` is `update` here unless said otherwise: every change of a table comes out. */
  readonly settings?: Settings;
  readonly registry?: Registry;
  /** Where the state is kept; memory if not given. */
  readonly backend?: StateBackend;
}

/** Writes typed records to an input topic. */
export interface TestInputTopic<K, V> {
  /** Processes the record, and all that follows from it, before it returns. */
  pipe(key: K | null, value: V | null, at?: { timestamp?: number; headers?: Headers }): void;
}

/** Reads typed records of an output topic, each once. */
export interface TestOutputTopic<K, V> {
  /** Undefined where all are read. */
  read(): StreamRecord<K | null, V | null> | undefined;
  /** All that are not read yet. */
  readAll(): StreamRecord<K | null, V | null>[];
}

/**
 * Runs a topology without a log, with the tasks and the commit path of the real worker: one partition, every record
 * processed to the end before `pipe` returns.
 *
 * @example
 * const driver = await TopologyTestDriver.open(orders);
 * const created = await driver.input('orders', { key: string(), value: avro(OrderCreated) });
 * created.pipe('o1', order, { timestamp: 5 });
 */
export class TopologyTestDriver {
  /** Records left out, by operator and reason. */
  readonly dropped = new Map<string, number>();
  readonly #application: Application;
  readonly #registry: Registry;
  readonly #log = new CapturedLog();
  readonly #tasks: readonly Task[];
  readonly #commits: CommitPath;
  /** How much of each internal topic the tasks have taken. */
  readonly #taken = new Map<string, number>();
  readonly #sources = new Map<string, number>();
  /** The clock on the wall, which moves only when it is told to. */
  #now = 0;

  private constructor(options: {
    application: Application;
    registry: Registry;
    codecs: Codecs;
    backend: StateBackend;
    settings: ResolvedSettings;
  }) {
    const { application, registry, codecs, backend, settings } = options;
    this.#application = application;
    this.#registry = registry;
    const collector = new Collector(application, codecs, this.#log);
    const errors = new ErrorPolicy({
      settings,
      deadLetter: (record) => collector.raw(settings.deadLetterTopic, 0, record),
      count: (stage) => this.#count(stage),
    });
    this.#tasks = application.subtopologies.map(
      (_, subtopology) =>
        new Task({
          id: { subtopology, partition: 0 },
          application,
          codecs,
          collector,
          backend,
          settings,
          errors,
          now: () => this.#now,
          countDrop: (node, reason) => this.#count(`${node.name ?? node.kind}: ${reason}`),
        }),
    );
    for (const task of this.#tasks) {
      const positions = task.partitions.map((partition) => ({ ...partition, offset: 0 }));
      task.start(positions, positions);
    }
    this.#commits = new CommitPath({
      producer: this.#log,
      backend,
      group: application.id,
      token: () => null,
      checkpointIntervalMs: 0,
      now: () => 0,
    });
  }

  /** Opens the codecs, which may register schemas, and builds the tasks. */
  static async open(topology: Topology, options: TestDriverOptions = {}): Promise<TopologyTestDriver> {
    const { registry = new MemoryRegistry(), backend = new MemoryBackend() } = options;
    const settings = resolveSettings({ emit: 'update', ...options.settings }, topology.name);
    const ends = topology.graph.nodes.flatMap((node) => node.source ?? node.sink ?? []);
    const partitions = new Map(ends.filter(({ internal }) => !internal).map(({ topic }) => [topic, 1]));
    const application = Application.of(settings.applicationId, topology, partitions);
    const codecs = await Codecs.open(application, registry);
    return new TopologyTestDriver({ application, registry, codecs, backend, settings });
  }

  /** A topic to write to, with the serdes of whoever writes it. */
  async input<K, V>(topic: string, as: { key: Serde<K>; value: Serde<V> }): Promise<TestInputTopic<K, V>> {
    const key = await as.key.open({ topic, part: 'key', registry: this.#registry });
    const value = await as.value.open({ topic, part: 'value', registry: this.#registry });
    await this.#learnSchemas(topic);
    return {
      pipe: (k, v, { timestamp = 0, headers = [] } = {}) =>
        this.#pipe(topic, {
          key: k === null ? null : Buffer.from(key.encode(k)),
          value: v === null ? null : Buffer.from(value.encode(v)),
          timestamp,
          headers,
        }),
    };
  }

  /** A topic to read from, with the serdes of whoever reads it. */
  async output<K, V>(topic: string, as: { key: Serde<K>; value: Serde<V> }): Promise<TestOutputTopic<K, V>> {
    const key = await as.key.open({ topic, part: 'key', registry: this.#registry, register: false });
    const value = await as.value.open({ topic, part: 'value', registry: this.#registry, register: false });
    let at = 0;
    const read = (): StreamRecord<K | null, V | null> | undefined => {
      const record = this.#log.topic(topic)[at];
      if (record === undefined) return undefined;
      at++;
      return {
        key: decode(key, record.key),
        value: decode(value, record.value),
        timestamp: record.timestamp,
        headers: record.headers,
      };
    };
    const readAll = (): StreamRecord<K | null, V | null>[] => {
      const first = read();
      return first === undefined ? [] : [first, ...readAll()];
    };
    return { read, readAll };
  }

  /** The rows of a store, as its task sees them. */
  store<K, V>(name: string): ReadOnlyKeyValueStore<K, V> {
    const task = this.#tasks.find((candidate) =>
      [...candidate.stores.all()].some((store) => store.declaration.name === name),
    );
    if (task === undefined) {
      const names = [...this.#application.topology.graph.stores.keys()];
      throw failure('STORE_UNKNOWN', { store: name, near: nearest(name, names), stores: names.join(', ') });
    }
    return task.store(name);
  }

  /** Moves the clock on the wall, which begins at 0, and calls the wall-clock punctuators that are due. */
  advanceWallClockTime(ms: number): void {
    this.#now += ms;
    for (const task of this.#tasks) task.punctuate(this.#now);
    this.#drain();
  }

  /** Commits, as a worker does between records: what tables hold back until then comes out. */
  commit(): void {
    for (;;) {
      const before = this.#appended();
      const seals = this.#commits.seal(this.#tasks);
      this.#commits.confirm(seals, this.#log.ends());
      this.#commits.checkpoint(this.#tasks, 'now');
      this.#drain();
      if (this.#appended() === before) return;
    }
  }

  /** Loads the schemas that were just registered, so that `pipe` has nothing to wait for. */
  async #learnSchemas(topic: string): Promise<void> {
    for (const part of ['key', 'value'] as const) {
      const latest = await this.#registry.latest(`${topic}-${part}`);
      if (latest === undefined) continue;
      const framing = Buffer.alloc(5);
      framing.writeUInt32BE(latest.id, 1);
      const record = { key: framing, value: framing, timestamp: 0, headers: [], offset: 0 };
      for (const task of this.#tasks) await task.learn(topic, [asFetched(record)]);
    }
  }

  #pipe(
    topic: string,
    record: { key: Buffer | null; value: Buffer | null; timestamp: number; headers: Headers },
  ): void {
    const offset = this.#sources.get(topic) ?? 0;
    this.#sources.set(topic, offset + 1);
    this.#give(topic, asFetched({ ...record, offset }));
    this.#drain();
  }

  /** Processes what tasks have sent to internal topics, the smallest timestamp first. */
  #drain(): void {
    for (let topic = this.#nextInternal(); topic !== undefined; topic = this.#nextInternal()) {
      const at = this.#taken.get(topic) ?? 0;
      const record = this.#log.topic(topic)[at];
      if (record === undefined) return;
      this.#taken.set(topic, at + 1);
      this.#give(topic, asFetched(record));
    }
  }

  #nextInternal(): string | undefined {
    const waiting = this.#application.subtopologies
      .flatMap(({ repartitionSources }) => repartitionSources)
      .flatMap(({ name }) => {
        const head = this.#log.topic(name)[this.#taken.get(name) ?? 0];
        return head === undefined ? [] : [{ name, timestamp: head.timestamp }];
      });
    return waiting.sort((a, b) => a.timestamp - b.timestamp)[0]?.name;
  }

  #give(topic: string, record: ReturnType<typeof asFetched>): void {
    const task = this.#tasks.find(({ partitions }) => partitions.some((partition) => partition.topic === topic));
    if (task === undefined) throw failure('TOPIC_UNKNOWN', { topic, hint: 'The topology does not read it.' });
    const end = record.offset + 1;
    // Schemas are in the registry of this process: nothing has to be waited for.
    task.push({ topic, partition: 0, records: [record], position: end, end, highWatermark: end });
    while (task.processNext());
  }

  #appended(): number {
    return this.#log.ends().reduce((sum, { offset }) => sum + offset, 0);
  }

  #count(what: string): void {
    this.dropped.set(what, (this.dropped.get(what) ?? 0) + 1);
  }
}

function decode<T>(codec: Codec<T>, bytes: Uint8Array | null): T | null {
  return bytes === null ? null : codec.decode(Buffer.from(bytes), 0, bytes.length);
}
