import { failure } from '../errors.ts';
import { nearest } from '../util/nearest.ts';
import { findStepsToIsolate } from './async-isolation.ts';
import { Flow, type Optimization } from './flow.ts';
import type { Graph, StoreSettings } from './graph.ts';
import { findSubtopologies, type PlannedSubtopology } from './subtopologies.ts';
import type { TaskScope } from './task-scope.ts';

/**
 * A named, validated plan, and how to build its live graph for a task.
 *
 * @see `topology`
 */
export interface Topology {
  readonly name: string;
  readonly graph: Graph;
  readonly subtopologies: readonly PlannedSubtopology[];
  /** Patterns of topics that are not resolved yet. */
  readonly patterns: readonly RegExp[];
  /** The same with its patterns resolved to those of the topics that they match. Throws PATTERN_UNMATCHED. */
  resolve(topics: readonly string[]): Topology;
  /** Connects the nodes that `scope` has. @internal */
  connect(scope: TaskScope): void;
}

/** How a topology is built. */
export interface TopologyOptions {
  /** Default `none`. What is stored differs, so it cannot be changed without a new application id. */
  readonly optimization?: Optimization;
  /**
   * How single stores are kept, by their names: also those that joins and windows have (`describe` names them). Throws
   * STORE_UNKNOWN.
   *
   * @example
   * const sizes = topology(
   *   'sizes',
   *   (flow) => {
   *     flow.stream('orders', { key: string(), value: avro(Order) }).pipe(groupByKey(), count('orders-per-key'));
   *   },
   *   { stores: { 'orders-per-key': { inMemory: true } } },
   * );
   */
  readonly stores?: Readonly<Record<string, StoreSettings>>;
}

/**
 * Names a topology and learns its graph by running `build` once. `build` runs again for each task, so it must declare the
 * same steps every time and do nothing else. The name is the default application id: it owns the group, the state folder
 * and the internal topics.
 *
 * Throws NAME_INVALID and TOPOLOGY_EMPTY, and what its steps throw: NAME_TAKEN, NAME_MISSING, SERDE_MISSING,
 * WINDOW_INVALID.
 *
 * @example
 * export const sizes = topology('sizes', (flow) => {
 *   flow.stream('orders', { key: string(), value: avro(Order) }).pipe(
 *     groupByKey(),
 *     count('orders-per-key'),
 *     to('order-counts'),
 *   );
 * });
 * sizes.name; // → 'sizes'
 */
export function topology(name: string, build: (flow: Flow) => void, options: TopologyOptions = {}): Topology {
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(name)) throw failure('NAME_INVALID', { name, kind: 'topology' });
  return learn(name, build, options);
}

interface Learning extends TopologyOptions {
  readonly topics?: readonly string[];
  readonly isolated?: ReadonlySet<string>;
}

function learn(name: string, build: (flow: Flow) => void, options: Learning): Topology {
  const { optimization, stores, topics, isolated = new Set<string>() } = options;
  const flow = new Flow({ topics, optimization, stores, isolated });
  build(flow);
  const { graph } = flow;
  // Only the whole graph says which asynchronous steps can read their inputs directly.
  const found = findStepsToIsolate(graph).filter((step) => !isolated.has(step));
  if (found.length > 0) return learn(name, build, { ...options, isolated: new Set([...isolated, ...found]) });
  if (!graph.nodes.some((node) => node.source !== undefined)) throw failure('TOPOLOGY_EMPTY', { topology: name });
  for (const store of Object.keys(stores ?? {})) if (!graph.stores.has(store)) throw unknownStore(store, graph);
  return {
    name,
    graph,
    subtopologies: findSubtopologies(graph),
    patterns: topics === undefined ? flow.patterns : [],
    resolve: (existing) => learn(name, build, { ...options, topics: existing }),
    connect: (scope) => build(new Flow({ plan: graph, scope, topics, optimization, isolated })),
  };
}

function unknownStore(store: string, graph: Graph): Error {
  const names = [...graph.stores.keys()];
  const near = nearest(store, names);
  const hint = `The topology has ${names.length === 0 ? 'none' : names.join(', ')}.`;
  return failure('STORE_UNKNOWN', { store, hint: near === undefined ? hint : `${hint} Did you mean ${near}?` });
}
