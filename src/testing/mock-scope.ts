import { failure } from '../errors.ts';
import { ExpiringRows } from '../runtime/expiring-rows.ts';
import type { Serde } from '../serde/serde.ts';
import { MemoryBackend } from '../state/memory/memory-backend.ts';
import { StagedStore } from '../state/staged-store.ts';
import type { KeyValueStore, TimedStore } from '../state/store.ts';
import type { TimedStoreSpec } from '../state/timed-key.ts';
import { TimedStagedStore } from '../state/timed-store.ts';
import { TimedTable } from '../state/timed-table.ts';
import type { Graph, GraphNode } from '../topology/graph.ts';
import type { StreamRecord } from '../topology/records.ts';
import type { Expiring, Punctuate, PunctuationType, Punctuator, Send, TaskScope } from '../topology/task-scope.ts';
import { nearest } from '../util/nearest.ts';

/**
 * A punctuator that a step has scheduled: it is called by the test alone.
 *
 * @see `MockProcessor`
 */
export interface MockPunctuator {
  readonly type: PunctuationType;
  readonly everyMs: number;
  readonly isCancelled: boolean;
  /** Calls it, with the time of its clock. */
  punctuate(timestamp: number): void;
}

type Enter = (record: StreamRecord<unknown, unknown>) => void;

/** What the live nodes of a mocked step see as their task: stores in memory, clocks that stand, punctuators that wait. */
export class MockScope implements TaskScope {
  streamTime = -1;
  systemTime = 0;
  readonly emit = 'update';
  readonly compat = false;
  readonly punctuators: MockPunctuator[] = [];
  readonly dropped = new Map<string, number>();
  readonly #graph: () => Graph;
  readonly #backend = new MemoryBackend();
  readonly #stores = new Map<string, KeyValueStore<unknown, unknown>>();
  readonly #timed = new Map<string, TimedStore<unknown, unknown>>();
  readonly #expiring = new ExpiringRows();
  #enter: Enter | undefined;

  constructor(graph: () => Graph) {
    this.#graph = graph;
  }

  has(): boolean {
    return true;
  }

  /** Hands a record to the first source. */
  enter(record: StreamRecord<unknown, unknown>): void {
    this.streamTime = Math.max(this.streamTime, record.timestamp);
    this.#expiring.advance(this.streamTime);
    this.#enter?.(record);
  }

  source(_node: GraphNode, enter: Enter): void {
    this.#enter ??= enter;
  }

  around(): void {}

  store<K, V>(name: string): KeyValueStore<K, V> {
    const graph = this.#graph();
    const spec = graph.stores.get(name) ?? graph.globals.get(name);
    if (spec === undefined || graph.stores.get(name)?.timed !== undefined) throw this.#unknown(name);
    const store = this.#stores.get(name) ?? new StagedStore({ spec, table: this.#backend.table(spec, 0) });
    this.#stores.set(name, store);
    // The step declared the store under this name with these types.
    return store as KeyValueStore<unknown, unknown> as KeyValueStore<K, V>;
  }

  timedStore<K, V>(name: string): TimedStore<K, V> {
    const declared = this.#graph().stores.get(name);
    if (declared?.timed === undefined) throw this.#unknown(name);
    // Only `timedStore` makes declarations with times, and their keys have them.
    const spec = declared as TimedStoreSpec<unknown, unknown>;
    const made = (): TimedStore<unknown, unknown> =>
      new TimedStagedStore({ spec, table: new TimedTable(this.#backend, spec, 0) });
    const store = this.#timed.get(name) ?? made();
    this.#timed.set(name, store);
    // As above.
    return store as TimedStore<K, V>;
  }

  /** The serde of the keys alone of a store with times. */
  timedKey<K>(name: string): Serde<K> {
    return this.#graph().timedKey(name);
  }

  global<K, V>(name: string): KeyValueStore<K, V> {
    return this.store(name);
  }

  schedule(type: PunctuationType, everyMs: number, punctuate: Punctuate): Punctuator {
    if (!(everyMs > 0)) throw failure('PUNCTUATION_INVALID', { everyMs });
    const punctuator = { type, everyMs, isCancelled: false, punctuate };
    this.punctuators.push(punctuator);
    return {
      cancel: () => {
        punctuator.isCancelled = true;
      },
    };
  }

  drop(node: GraphNode, reason: string): void {
    const what = `${node.name ?? node.kind}: ${reason}`;
    this.dropped.set(what, (this.dropped.get(what) ?? 0) + 1);
  }

  onFlush(): void {}

  expires(rows: Expiring): void {
    this.#expiring.add(rows);
  }

  rowFailed(_store: string, error: unknown): void {
    throw error;
  }

  sink(node: GraphNode): Send {
    throw failure('MOCK_TOO_SMALL', { step: node.name ?? node.kind });
  }

  runAsync(node: GraphNode): never {
    throw failure('MOCK_TOO_SMALL', { step: node.name ?? node.kind });
  }

  #unknown(store: string): Error {
    const names = [...this.#graph().stores.keys(), ...this.#graph().globals.keys()];
    const near = nearest(store, names);
    const hint = `The step has ${names.length === 0 ? 'none' : names.join(', ')}.`;
    return failure('STORE_UNKNOWN', { store, hint: near === undefined ? hint : `${hint} Did you mean ${near}?` });
  }
}
