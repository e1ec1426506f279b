/**
 * The plan of a topology: plain data, learnt by running the user's function once. Nodes stand in the order in which they
 * were declared, which is a topological order, so a node's id is its place.
 */
import { failure } from '../errors.ts';
import type { Serde } from '../serde/serde.ts';
import type { StoreSpec } from '../state/store.ts';
import type { TimedShape } from '../state/timed-key.ts';
import { assert } from '../util/assert.ts';
import type { GlobalProcessing } from './global-table.ts';
import type { TimestampExtractor } from './timestamps.ts';

/**
 * Where to begin a topic for which the group has no offset: at its first record, at its end, at the first record that is
 * not older than a duration, or not at all (`none`: the worker stops with OFFSET_MISSING).
 *
 * @example
 * flow.stream('clicks', { key: string(), value: string(), reset: { byDurationMs: 3_600_000 } });
 */
export type OffsetReset = 'earliest' | 'latest' | 'none' | { readonly byDurationMs: number };

export interface SourceDeclaration {
  /** As the user wrote it; for a repartition topic, its short name (see `naming.ts`). */
  readonly topic: string;
  readonly internal: boolean;
  readonly key: Serde<unknown>;
  readonly value: Serde<unknown>;
  /** Of an internal topic: the node that writes it. */
  readonly writer?: number;
  /** Of an internal topic: how many partitions it is to have; else it follows its neighbours. */
  readonly partitions?: number;
  /** What to do where the group has no committed offset. */
  readonly reset: OffsetReset;
  /** Gives the records' event time; without it, `failOnInvalidTimestamp`. */
  readonly timestampExtractor?: TimestampExtractor;
}

export interface SinkDeclaration {
  /** Of a sink that chooses the topic of each record: what stands for it in descriptions. */
  readonly topic: string;
  /** Set where the topic is chosen for each record: from these, or from all that there are. */
  readonly choice?: readonly string[] | 'any';
  readonly internal: boolean;
  readonly key: Serde<unknown>;
  readonly value: Serde<unknown>;
}

/**
 * How a store is kept, other than by default.
 *
 * @see `TopologyOptions`
 */
export interface StoreSettings {
  /**
   * True: its rows are in memory only, and read from the changelog at every start. They must fit, and nobody can query them.
   */
  readonly inMemory?: boolean;
  /**
   * False: it has no changelog topic. Its rows are lost with the state file, those of the last moments in a crash, and a task
   * that comes to another worker begins without them: for what can be missed, such as a cache. Its schema is not registered;
   * a dead letter of one of its rows is JSON.
   */
  readonly changelog?: boolean;
}

export interface StoreDeclaration extends StoreSpec<unknown, unknown>, StoreSettings {
  /** A table's source topic serves as its changelog; other stores have a topic of their own. */
  readonly sourceTopic?: string;
  /** Set by `timedStore`: its rows are ordered by a time. */
  readonly timed?: TimedShape<unknown>;
  /** Of a store that is a part of another one: the name of that one, whose settings it shares. */
  readonly ownedBy?: string;
  /** Of a versioned table: how long its older versions are kept, in the store named by `historyOf`. */
  readonly historyMs?: number;
}

/** A table that every worker has whole, read from its topic beside all tasks. */
export interface GlobalDeclaration extends StoreSpec<unknown, unknown> {
  readonly topic: string;
  /** Set where a function makes its rows of the records. */
  readonly processing?: GlobalProcessing;
}

export interface NodeDeclaration {
  /** The operator's name. */
  readonly kind: string;
  /** The user's name of the step, if it has one. */
  readonly name?: string;
  readonly parents: readonly GraphNode[];
  readonly source?: SourceDeclaration;
  readonly sink?: SinkDeclaration;
  /** The store that this node owns. */
  readonly store?: StoreDeclaration;
  /** Names of further stores that it reads. */
  readonly reads?: readonly string[];
  /** The global table that this node is. It belongs to no sub-topology. */
  readonly global?: GlobalDeclaration;
  /** Names of global tables that it reads. */
  readonly globals?: readonly string[];
  /** Of an aggregation by windows: how long after its end a window may change, ms; of sessions the gap is part of it. */
  readonly graceMs?: number;
  /** It waits for work outside of the task, so it holds back the offsets of its inputs. */
  readonly async?: boolean;
  /** It remembers something in memory only, which a restart loses; `unsaid`: the user has not said that this is meant. */
  readonly volatile?: 'accepted' | 'unsaid';
  /** It writes dead letters, whatever the settings say. */
  readonly deadLetters?: boolean;
  /** Both sides of a join must have the same partitions. */
  readonly copartitioned?: boolean;
  /** Of a step of one's own: the tables whose rows it reads, which must have the same partitions too. */
  readonly beside?: readonly GraphNode[];
  /** A left or outer join of a stream: records with a null key have a result, so they must come to it. */
  readonly takesNullKeys?: boolean;
  /** Records come from the first parent only; the others are looked up in. */
  readonly looksUp?: boolean;
}

export interface GraphNode extends NodeDeclaration {
  readonly id: number;
}

export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly stores = new Map<string, StoreDeclaration>();
  readonly globals = new Map<string, GlobalDeclaration>();
  readonly #names = new Map<string, GraphNode>();
  readonly #settings: Readonly<Record<string, StoreSettings>>;

  /** `settings` are those of stores, by their names. */
  constructor(settings: Readonly<Record<string, StoreSettings>> = {}) {
    this.#settings = settings;
  }

  add(declaration: NodeDeclaration): GraphNode {
    const { store } = declaration;
    const settings = store && (this.#settings[store.name] ?? this.#settings[store.ownedBy ?? '']);
    const kept = store && settings ? { store: { ...store, ...settings } } : {};
    const node: GraphNode = { ...declaration, ...kept, id: this.nodes.length };
    if (node.store !== undefined) this.#claim(node.store.name, node);
    else if (node.global !== undefined) this.#claim(node.global.name, node);
    else if (node.sink?.internal) this.#claim(node.sink.topic, node);
    if (node.source !== undefined) this.#checkReset(node.source);
    if (node.store !== undefined) this.stores.set(node.store.name, node.store);
    if (node.global !== undefined) this.globals.set(node.global.name, node.global);
    this.nodes.push(node);
    return node;
  }

  /** The serde of the keys alone of a store with times. */
  timedKey<K>(store: string): Serde<K> {
    const { timed } = this.stores.get(store) ?? {};
    assert(timed !== undefined, `store ${store} has no times`);
    // It was declared under this name with these types.
    return timed.key as Serde<K>;
  }

  /** Whether `is` holds for a node, or for any that its records come to, through internal topics too. */
  someFrom(node: GraphNode, is: (node: GraphNode) => boolean): boolean {
    const reached = new Set([node.id]);
    // Parents and writers come before their nodes, so that one pass finds all.
    for (const next of this.nodes.slice(node.id)) {
      const writer = next.source?.writer;
      const givers = next.looksUp === true ? next.parents.slice(0, 1) : next.parents;
      if (givers.some(({ id }) => reached.has(id)) || (writer !== undefined && reached.has(writer)))
        reached.add(next.id);
      if (reached.has(next.id) && is(next)) return true;
    }
    return false;
  }

  #checkReset({ topic, internal, reset }: SourceDeclaration): void {
    const others = this.nodes.flatMap(({ source }) => source ?? []);
    const other = others.find((source) => source.topic === topic && source.internal === internal);
    const [one, two] = [other?.reset ?? reset, reset].map((each) => JSON.stringify(each));
    if (one !== two) throw failure('RESET_DIFFERS', { topic, one, other: two });
  }

  /** Names own durable things (tables, topics), so two steps cannot share one. */
  #claim(name: string | undefined, node: GraphNode): void {
    // The compiler asks for a name; programs that it does not see come here without one.
    if (name === undefined || name === '') throw failure('NAME_ABSENT', { kind: node.kind });
    const other = this.#names.get(name);
    if (other !== undefined) throw failure('NAME_TAKEN', { name, kind: node.kind, other: other.kind });
    if (!/^[A-Za-z0-9._-]{1,200}$/.test(name)) throw failure('NAME_INVALID', { name, kind: node.kind });
    this.#names.set(name, node);
  }
}
