import type { Serde, SerdeFor } from '../../serde/serde.ts';
import type { KStream } from '../../topology/k-stream.ts';
import type { JoinWindowOptions } from './join-streams.ts';

export type AnyStream = KStream<unknown, unknown>;
/** What a joiner sees of a side that is there. */
export type Present<T> = NonNullable<T>;

/** Of a stream with a table. */
export interface JoinOptions<K, V> {
  /** Names the repartition topic of a stream whose key an operator before changed, and the buffer of `grace`. */
  readonly name?: string;
  readonly key?: SerdeFor<NoInfer<K>>;
  readonly value?: SerdeFor<NoInfer<V>>;
}

/** Of two tables. */
export interface TableJoinOptions<R> {
  /** Gives the result rows of its own, in a store of this name, with the serde `value`; without it they are computed. */
  readonly store?: string;
  readonly value?: Serde<NonNullable<R>> | Serde<R>;
}

/** Of two streams. */
export type StreamJoinOptions<K, V, V2> = JoinWindowOptions & {
  /** Names the stores of the join, and the repartition topics where an operator before changed the key. */
  readonly name: string;
  readonly key?: SerdeFor<NoInfer<K>>;
  /** Needed where an operator made new values. */
  readonly value?: SerdeFor<NoInfer<V>>;
  /** Needed where an operator made new values of the other stream. */
  readonly otherValue?: SerdeFor<NoInfer<V2>>;
};
