import type { Headers } from '../log/port.ts';
import type { Serde } from '../serde/serde.ts';
import type { KeyValueStore, TimedStore } from '../state/store.ts';
import { Flow } from '../topology/flow.ts';
import type { KStream } from '../topology/k-stream.ts';
import { NO_HEADERS, type StreamRecord } from '../topology/records.ts';
import {
  type ReadOnlySessionStore,
  type ReadOnlyWindowStore,
  SessionView,
  WindowView,
} from '../topology/timed-views.ts';
import { type MockPunctuator, MockScope } from './mock-scope.ts';

/**
 * Runs one step of a stream by itself, `process` and `processValues` above all: no topics, no serdes of what it forwards,
 * stores that a test fills, clocks that it sets, and punctuators that it calls one by one. An error of the step comes out
 * as it is. What needs a topic (a repartition, a sink) or waits (`mapAsync`) is for the `TopologyTestDriver`
 * (MOCK_TOO_SMALL).
 *
 * @example
 * const mock = MockProcessor.of({ key: string(), value: string() }, (statuses) =>
 *   statuses.pipe(
 *     processValues({
 *       stores: [store('last-status', string())],
 *       init: ({ stores, forward }) => ({ key, value }) => {
 *         if (stores['last-status'].get(key) !== value) forward(value);
 *         stores['last-status'].put(key, value);
 *       },
 *     }),
 *   ),
 * );
 * mock.store('last-status').put('o1', 'PAID', 0);
 * mock.process({ key: 'o1', value: 'PAID', timestamp: 4 });
 * mock.process({ key: 'o1', value: 'SHIPPED', timestamp: 5 });
 * mock.readAll(); // → [{ key: 'o1', value: 'SHIPPED', timestamp: 5, headers: [] }]
 * mock.store('last-status').get('o1')?.value; // → 'SHIPPED'
 */
export class MockProcessor<K, V, K2, V2> {
  readonly #scope: MockScope;
  #forwarded: StreamRecord<K2, V2>[] = [];

  private constructor(
    { key, value }: { readonly key: Serde<K>; readonly value: Serde<V> },
    step: (stream: KStream<K, V>, flow: Flow) => KStream<K2, V2>,
  ) {
    this.#scope = new MockScope(() => flow.graph);
    const flow: Flow = new Flow({ scope: this.#scope });
    step(flow.stream('input', { key, value }), flow).hub.add((record) => void this.#forwarded.push(record));
  }

  /** Builds the step as in a task. A table whose rows it looks at it makes of `flow`. */
  static of<K, V, K2, V2>(
    input: { readonly key: Serde<K>; readonly value: Serde<V> },
    step: (stream: KStream<K, V>, flow: Flow) => KStream<K2, V2>,
  ): MockProcessor<K, V, K2, V2> {
    return new MockProcessor(input, step);
  }

  /** Hands the step a record. Stream time follows. */
  process(record: { key: K; value: V; timestamp?: number; headers?: Headers }): void {
    this.#scope.enter({ timestamp: 0, headers: NO_HEADERS, ...record });
  }

  /** What the step has forwarded and nobody has read yet. */
  readAll(): StreamRecord<K2, V2>[] {
    const forwarded = this.#forwarded;
    this.#forwarded = [];
    return forwarded;
  }

  /**
   * All that the step has scheduled, in that order. None is called unless the test does it.
   *
   * @example
   * const mock = MockProcessor.of({ key: string(), value: string() }, (pages) =>
   *   pages.pipe(
   *     process({
   *       init: ({ schedule, forward }) => {
   *         schedule('wallClock', 60_000, () => forward({ key: 'all', value: 'a minute' }));
   *         return forward;
   *       },
   *     }),
   *   ),
   * );
   * mock.punctuators[0]?.punctuate(60_000);
   * mock.readAll().map(({ value, timestamp }) => [value, timestamp]); // → [['a minute', 60_000]]
   */
  get punctuators(): readonly MockPunctuator[] {
    return this.#scope.punctuators;
  }

  /** Records left out, by step and reason. */
  get dropped(): ReadonlyMap<string, number> {
    return this.#scope.dropped;
  }

  /** What the step sees as stream time: the largest timestamp of its records, or what a test sets. */
  get streamTime(): number {
    return this.#scope.streamTime;
  }

  set streamTime(ms: number) {
    this.#scope.streamTime = ms;
  }

  /** What the step sees as the clock on the wall; 0 until a test sets it. */
  get systemTime(): number {
    return this.#scope.systemTime;
  }

  set systemTime(ms: number) {
    this.#scope.systemTime = ms;
  }

  /** A store by key, or the rows of a table, to look at and to fill. Throws STORE_UNKNOWN. */
  store<SK, SV>(name: string): KeyValueStore<SK, SV> {
    return this.#scope.store(name);
  }

  /** A store of windows. Throws STORE_UNKNOWN. */
  windowStore<SK, SV>(name: string): ReadOnlyWindowStore<SK, SV> {
    return new WindowView(this.timedStore<SK, SV>(name), this.#scope.timedKey(name));
  }

  /** A store of sessions. Throws STORE_UNKNOWN. */
  sessionStore<SK, SV>(name: string): ReadOnlySessionStore<SK, SV> {
    return new SessionView(this.timedStore<SK, SV>(name), this.#scope.timedKey(name));
  }

  /** Any store with times, as it is kept, to fill it too. Throws STORE_UNKNOWN. */
  timedStore<SK, SV>(name: string): TimedStore<SK, SV> {
    return this.#scope.timedStore(name);
  }
}
