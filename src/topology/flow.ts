import { failure } from '../errors.ts';
import type { Serde } from '../serde/serde.ts';
import type { ExpiringStore } from '../state/expiring-store.ts';
import { assert } from '../util/assert.ts';
import { GlobalKTable, type GlobalProcessing, type GlobalTableOptions } from './global-table.ts';
import {
  Graph,
  type GraphNode,
  type NodeDeclaration,
  type OffsetReset,
  type SourceDeclaration,
  type StoreSettings,
} from './graph.ts';
import type { Hub } from './hub.ts';
import { KStream } from './k-stream.ts';
import type { KTable } from './k-table.ts';
import { materialize } from './materialize.ts';
import type { StreamRecord } from './records.ts';
import type { TaskScope } from './task-scope.ts';
import type { TimestampExtractor } from './timestamps.ts';
import { materializeVersioned, type Versioned } from './versioned-table.ts';

/** How a topic is read. */
export interface StreamOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** Where to begin when the application has never read the topic. Default `earliest`. */
  readonly reset?: OffsetReset;
  /** Gives each record its event time. Default: the log's timestamp (`failOnInvalidTimestamp`). */
  readonly timestampExtractor?: TimestampExtractor<K, V>;
}

/** How a topic is read as a table. */
export interface TableOptions<K, V> extends StreamOptions<K, V> {
  /**
   * Names the store (a table in the state file) that holds the rows. The topic itself is its changelog, unless a
   * timestampExtractor gives the rows other times than the topic has.
   */
  readonly name: string;
  /** Keeps the history of the rows too. */
  readonly versioned?: Versioned;
  /**
   * Not here: the topic is the changelog, and rows cannot be deleted from what others write. Read it with `flow.stream`,
   * and make it a table by `toTable(name, { timeToLive })`, which has a changelog of its own.
   */
  readonly timeToLive?: never;
}

/**
 * `all`: a stream joined with itself keeps its records once (Kafka Streams' `single.store.self.join`), and a stream with new
 * keys goes through one topic, named by the first step that needs it, however many need it (`merge.repartition.topics`).
 */
export type Optimization = 'none' | 'all';

/** A store of processors; in a task, its rows where they have a time to live. */
export interface ConnectedRows {
  expiring?: ExpiringStore<unknown, unknown>;
}

interface FlowOptions {
  readonly plan?: Graph;
  readonly scope?: TaskScope;
  readonly topics?: readonly string[] | undefined;
  readonly optimization?: Optimization | undefined;
  readonly stores?: Readonly<Record<string, StoreSettings>> | undefined;
  readonly isolated?: ReadonlySet<string>;
}

/**
 * What a topology function is given. The function runs once to learn the graph, and once for each task to build its live
 * nodes; so it must declare the same steps every time.
 *
 * @see `topology`
 */
export class Flow {
  /** @internal */
  readonly graph: Graph;
  /** Undefined while the graph is only learnt. @internal */
  readonly scope: TaskScope | undefined;
  /** How the stores that processors share are opened, by what the user declared them with: each is in the graph once. @internal */
  readonly connected = new Map<object, ConnectedRows>();
  /** Streams that went through a repartition topic: what came of each, by its serdes. @internal */
  readonly repartitioned = new Map<object, Map<string, KStream<unknown, unknown>>>();
  /** The names of asynchronous steps that read from a topic of their own. @internal */
  readonly isolated: ReadonlySet<string>;
  /** The patterns of topics that it was asked for. @internal */
  readonly patterns: RegExp[] = [];
  /** @internal */
  readonly optimization: Optimization;
  readonly #plan: Graph | undefined;
  readonly #topics: readonly string[] | undefined;
  readonly #hubs = new Map<number, Set<Hub<unknown>>>();

  /** `topics` are those that patterns choose from; until they are known, a pattern stands for one topic. @internal */
  constructor(options: FlowOptions = {}) {
    this.graph = new Graph(options.stores);
    this.#plan = options.plan;
    this.#topics = options.topics;
    this.scope = options.scope;
    this.optimization = options.optimization ?? 'none';
    this.isolated = options.isolated ?? new Set();
  }

  /**
   * The records of a topic, of several, or of all whose whole name a pattern matches when the worker starts
   * (PATTERN_UNMATCHED where there is none); in the order of their timestamps as far as they are there. A record whose bytes
   * cannot be read, and a null key or value where the serde is not `nullable`, is handled as `deserializationErrors` says.
   *
   * @example
   * const created = flow.stream('orders', { key: string(), value: avro(Order) });
   * const visits = flow.stream(['web-visits', 'app-visits'], { key: string(), value: string(), reset: 'latest' });
   * visits.pipe(to('all-visits'));
   * // in  web-visits ann=home@1
   * // in  app-visits bob=tea@2
   * // out all-visits ann=home@1 bob=tea@2
   */
  stream<K, V>(topic: string | readonly string[] | RegExp, options: StreamOptions<K, V>): KStream<K, V> {
    const { key, value } = options;
    const nodes = this.#named(topic).map((name) =>
      this.add({ kind: 'stream', parents: [], source: declareSource(name, options) }),
    );
    const [first] = nodes;
    if (first === undefined) throw failure('INPUT_MISSING', { step: 'flow.stream' });
    const node = nodes.length === 1 ? first : this.add({ kind: 'merge', parents: nodes });
    const stream = new KStream<K, V>({ flow: this, node, key, value, keyChanged: false });
    for (const source of nodes)
      this.connect(source, (scope) => scope.source(source, (record) => stream.hub.emit(record as StreamRecord<K, V>)));
    return stream;
  }

  /**
   * The newest value of each key of a topic; a null value deletes the row. A record with a null key is dropped and
   * counted. The rows are in the store `name`, open to joins and queries.
   *
   * A versioned table also keeps what its rows were before: a stream joins it as it was at the record's time, and a row
   * that comes out of order takes its place in the history, where groups and joins of tables do not see it. A row older
   * than the newest of the table minus `retentionMs` is dropped and counted.
   *
   * @example
   * const products = flow.table('products', {
   *   key: string(),
   *   value: integer(),
   *   name: 'products',
   *   versioned: { retentionMs: 86_400_000 },
   * });
   * amounts.pipe(join(products, (cents, price) => cents - price), to('margins', { value: integer() }));
   * // in  products ann=5@10 ann=7@20
   * // in  amounts  ann=9@15
   * // out margins  ann=4@15
   */
  table<K, V>(topic: string, options: TableOptions<K, V>): KTable<K, V> {
    const { key, value, name, versioned } = options;
    refuseTimeToLive(topic, options);
    if (versioned !== undefined) return this.#versionedTable(topic, { ...options, versioned });
    const node = this.add({
      kind: 'table',
      name,
      parents: [],
      source: declareSource(topic, options),
      // Restored from the topic, its rows would have the log's times.
      store: { name, key, value, ...(options.timestampExtractor === undefined && { sourceTopic: topic }) },
    });
    return materialize<K, V>(this, node, {
      name,
      key,
      value,
      connect: ({ emitter, scope }) =>
        scope.source(node, (record) => {
          const { key, value, timestamp, headers } = record as StreamRecord<K | null, V | null>;
          if (key === null) scope.drop(node, 'null key');
          else emitter.put(key, value, timestamp, headers);
        }),
    });
  }

  /**
   * The newest value of each key of a topic, whole in every worker: all its partitions are read before the first record
   * of any stream is processed, and then as they grow. Streams look rows up by any key, without a repartition. Its rows
   * have no time: a stream's record sees them as they are when it is processed. Records with a null key are dropped and
   * counted.
   *
   * @example
   * const codes = flow.globalTable('codes', { key: string(), value: string(), name: 'codes' });
   * clicks.pipe(join(codes, (page) => page, (_page, code) => code), to('codes-clicked', { value: string() }));
   * // in  codes         home=H@0
   * // in  clicks        ann=home@1
   * // out codes-clicked ann=H@1
   *
   * @example
   * // Rows of one's own making: who sits where, found by the seat.
   * const seats = flow.globalTable('seats', {
   *   from: { key: string(), value: integer() },
   *   key: integer(),
   *   value: string(),
   *   name: 'guests-by-seat',
   *   process: ({ key: guest, value: seat }, rows) => {
   *     for (const { key, value } of rows.range()) if (value === guest) rows.delete(key);
   *     if (seat !== null) rows.put(seat, guest);
   *   },
   * });
   * amounts.pipe(join(seats, (seat) => seat, (_seat, guest) => guest), to('served', { value: string() }));
   * // in  seats   ann=1@0 bob=2@1 ann=3@2
   * // in  amounts tea=1@3 cake=3@4
   * // out served  cake=ann@4
   */
  globalTable<K, V, FromK = K, FromV = V>(
    topic: string,
    options: GlobalTableOptions<K, V, FromK, FromV> & ({ readonly from?: never } | { readonly process: object }),
  ): GlobalKTable<K, V> {
    const { key, value, name } = options;
    const processing = declareProcessing(options);
    const global = { topic, name, key, value, ...(processing && { processing }) };
    const node = this.add({ kind: 'globalTable', name, parents: [], global });
    return new GlobalKTable<K, V>({ flow: this, node, name, key, value });
  }

  #versionedTable<K, V>(topic: string, options: TableOptions<K, V> & { versioned: Versioned }): KTable<K, V> {
    const { key, value, name, versioned } = options;
    const declaration = { kind: 'table', parents: [], source: declareSource(topic, options) };
    return materializeVersioned<K, V>(this, declaration, {
      name,
      key,
      value,
      versioned,
      connect: ({ put, scope, node }) =>
        scope.source(node, (record) => {
          const { key, value, timestamp, headers } = record as StreamRecord<K | null, V | null>;
          if (key === null) scope.drop(node, 'null key');
          else put(key, value, timestamp, headers);
        }),
    });
  }

  #named(topic: string | readonly string[] | RegExp): readonly string[] {
    if (typeof topic === 'string') return [topic];
    if (!(topic instanceof RegExp)) return [...new Set(topic)];
    this.patterns.push(topic);
    if (this.#topics === undefined) return [String(topic)];
    const whole = new RegExp(`^(?:${topic.source})$`, topic.flags.replaceAll(/[gy]/g, ''));
    const found = this.#topics.filter((name) => whole.test(name)).sort();
    if (found.length === 0) throw failure('PATTERN_UNMATCHED', { pattern: String(topic) });
    return found;
  }

  /** The whole graph, in a live flow: what comes behind a node is known there only. @internal */
  get plan(): Graph {
    return this.#plan ?? this.graph;
  }

  /** Remembers where a node's values go. @internal */
  register(node: GraphNode, hub: Hub<unknown>): void {
    if (this.scope === undefined) return;
    const hubs = this.#hubs.get(node.id) ?? new Set();
    this.#hubs.set(node.id, hubs.add(hub));
  }

  /** The hubs of a node of the live graph. @internal */
  hubsOf(node: number): Iterable<Hub<unknown>> {
    return this.#hubs.get(node) ?? [];
  }

  /** @internal */
  add(declaration: NodeDeclaration): GraphNode {
    const node = this.graph.add(declaration);
    const planned = this.#plan?.nodes[node.id];
    assert(
      this.#plan === undefined || (planned?.kind === node.kind && planned.name === node.name),
      `the topology function declared ${node.kind} ${node.name ?? ''} as step ${node.id}, at first ${planned?.kind}`,
    );
    // The function made new serdes this time; codecs were opened for those of the plan.
    return planned ?? node;
  }

  /** Runs `live` if this is the live graph of a task that has the node. @internal */
  connect(node: GraphNode, live: (scope: TaskScope) => void): void {
    if (this.scope?.has(node)) live(this.scope);
  }
}

/** Throws TIME_TO_LIVE_UNFIT, to who is not told by the compiler. */
function refuseTimeToLive(topic: string, { name, timeToLive }: { name: string; timeToLive?: unknown }): void {
  if (timeToLive === undefined) return;
  const step = `flow.table('${topic}')`;
  const reason = `the topic is its changelog, and its rows are not ours to delete. Read it with flow.stream, and make it a table with toTable('${name}', { timeToLive: … })`;
  throw failure('TIME_TO_LIVE_UNFIT', { step, timeToLive, reason });
}

function declareSource<K, V>(topic: string, options: StreamOptions<K, V>): SourceDeclaration {
  const { key, value, reset = 'earliest', timestampExtractor } = options;
  const declared = { topic, internal: false, key, value, reset };
  // It is called with records of this very source.
  const extractor = timestampExtractor as TimestampExtractor | undefined;
  return extractor === undefined ? declared : { ...declared, timestampExtractor: extractor };
}

function declareProcessing<K, V, FromK, FromV>(
  options: GlobalTableOptions<K, V, FromK, FromV>,
): GlobalProcessing | undefined {
  const { key, value, from = { key, value }, process } = options;
  // It is called with records read by `from`, and with the rows of this very table.
  return process && { from, process: process as GlobalProcessing['process'] };
}
