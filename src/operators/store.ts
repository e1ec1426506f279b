import type { Serde } from '../serde/serde.ts';
import type { KeyOf, KGroupedStream, KGroupedTable, ValueOf } from '../topology/k-grouped.ts';
import type { KTable } from '../topology/k-table.ts';
import { aggregateStream, aggregateTable } from './internal/aggregate-internals.ts';
import { type CogroupInput, cogroupStreams } from './internal/cogroup-internals.ts';

export type Adder<A, V, K> = (aggregate: A, value: V, key: K) => A | null;

/** How to aggregate: a table's rows also leave, so it needs `subtract`. */
export type Aggregation<In, A> = {
  /** The aggregate of a key before its first value. */
  readonly initial: () => A;
  /** The aggregate with one more value; null deletes the row. Must not change what it is given. */
  readonly add: Adder<A, ValueOf<In>, KeyOf<In>>;
} & (In extends KGroupedTable<unknown, unknown>
  ? {
      /** The aggregate without a value that was added before; null deletes the row. */
      readonly subtract: Adder<A, ValueOf<In>, KeyOf<In>>;
    }
  : unknown);

/** A named, typed store. Its value type is fixed here, so initial values and adders are checked against it, literals too. */
export interface Store<A, Name extends string = string> {
  readonly name: Name;
  readonly value: Serde<A>;
  /**
   * Folds the values of each key into one row of this store. The row's time is the largest of its values' times. Null
   * keys and null values are dropped and counted. Of a table, a change first subtracts the old value, then adds the new
   * one, and the result comes out once.
   *
   * @example
   * store('spent', avro(Spent)).aggregate({ initial: () => ({ cents: 0 }), add: (sum, order) => ({ cents: sum.cents + order.total_cents }) })
   */
  aggregate<In extends KGroupedStream<unknown, unknown> | KGroupedTable<unknown, unknown>>(
    how: Aggregation<In, A>,
  ): (grouped: In) => KTable<KeyOf<In>, A>;
  /** One input of `cogroup`: what a value of it makes of the row. */
  on<K, V>(grouped: KGroupedStream<K, V>, add: Adder<A, V, K>): CogroupInput<K, A>;
  /**
   * Folds several streams of different values into one row a key. All of them must be partitioned alike.
   *
   * @example
   * statuses.cogroup(initial, statuses.on(created, withOrder), statuses.on(paid, withPayment))
   */
  cogroup<K>(initial: (key: K) => A, ...inputs: readonly CogroupInput<K, A>[]): KTable<K, A>;
}

/** Names and types a store: its table in the state file, its changelog topic. */
export function store<A, const Name extends string>(name: Name, value: Serde<A>): Store<A, Name> {
  return {
    name,
    value,
    aggregate: (how) => (grouped) => {
      // The two kinds of group differ in `subtract`, which Aggregation has demanded; TypeScript does not narrow In.
      const fold = how as unknown as Fold<A>;
      const table =
        grouped.kind === 'grouped-stream'
          ? aggregateStream(grouped, { kind: 'aggregate', name, value, ...fold })
          : aggregateTable(grouped, { kind: 'aggregate', name, value, ...fold });
      return table as KTable<KeyOf<typeof grouped>, A>;
    },
    // `add` is only ever called with values of `grouped`.
    on: <K, V>(grouped: KGroupedStream<K, V>, add: Adder<A, V, K>) =>
      ({ grouped, add }) as unknown as CogroupInput<K, A>,
    cogroup: (initial, ...inputs) => cogroupStreams(inputs, { name, value, initial }),
  };
}

interface Fold<A> {
  readonly initial: () => A;
  readonly add: Adder<A, unknown, unknown>;
  readonly subtract: Adder<A, unknown, unknown>;
}
