import type { Serde } from '../serde/serde.ts';
import { assert } from '../util/assert.ts';
import { Graph, type GraphNode, type NodeDeclaration } from './graph.ts';
import { KStream } from './k-stream.ts';
import type { KTable } from './k-table.ts';
import { materialize } from './materialize.ts';
import type { StreamRecord } from './records.ts';
import type { TaskScope } from './task-scope.ts';

export interface StreamOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** Where to begin when the application has never read the topic. Default `earliest`. */
  readonly reset?: 'earliest' | 'latest';
}

export interface TableOptions<K, V> extends StreamOptions<K, V> {
  /** Names the store (a table in the state file) that holds the rows. The topic itself is its changelog. */
  readonly name: string;
}

/**
 * What a topology function is given. The function runs once to learn the graph, and once for each task to build its live
 * nodes; so it must declare the same steps every time.
 */
export class Flow {
  /** @internal */
  readonly graph = new Graph();
  /** Undefined while the graph is only learnt. @internal */
  readonly scope: TaskScope | undefined;
  /** The nodes of stores that processors share, by what the user declared them with. @internal */
  readonly connected = new Map<object, GraphNode>();
  readonly #plan: Graph | undefined;

  /** @internal */
  constructor(live?: { plan: Graph; scope: TaskScope }) {
    this.#plan = live?.plan;
    this.scope = live?.scope;
  }

  /**
   * The records of a topic, in the order of their timestamps as far as they are there. A record whose bytes cannot be
   * read, and a null key or value where the serde is not `nullable`, is handled as `deserializationErrors` says.
   *
   * @example
   * const created = flow.stream('orders', { key: string(), value: avro(OrderCreated) });
   */
  stream<K, V>(topic: string, options: StreamOptions<K, V>): KStream<K, V> {
    const { key, value, reset = 'earliest' } = options;
    const node = this.add({ kind: 'stream', parents: [], source: { topic, internal: false, key, value, reset } });
    const stream = new KStream<K, V>({ flow: this, node, key, value, keyChanged: false });
    this.connect(node, (scope) => scope.source(node, (record) => stream.hub.emit(record as StreamRecord<K, V>)));
    return stream;
  }

  /**
   * The newest value of each key of a topic; a null value deletes the row. A record with a null key is dropped and
   * counted. The rows are in the store `name`, open to joins and queries.
   */
  table<K, V>(topic: string, options: TableOptions<K, V>): KTable<K, V> {
    const { key, value, name, reset = 'earliest' } = options;
    const node = this.add({
      kind: 'table',
      name,
      parents: [],
      source: { topic, internal: false, key, value, reset },
      store: { name, key, value, sourceTopic: topic },
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

  /** The whole graph, in a live flow: what comes behind a node is known there only. @internal */
  get plan(): Graph {
    return this.#plan ?? this.graph;
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
