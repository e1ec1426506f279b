import type { Serde, SerdeFor } from '../../serde/serde.ts';
import type { KStream } from '../../topology/k-stream.ts';
import type { KTable } from '../../topology/k-table.ts';
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
  /**
   * Of a versioned table: how long records are held back, ms, until the stream's time is past theirs, so that a row which
   * comes late is there in time. They come out in the order of their times. Needs a name.
   */
  readonly grace?: number;
}

/** Of two tables. */
export interface TableJoinOptions<R> {
  /** Gives the result rows of its own, in a store of this name, with the serde `value`; without it they are computed. */
  readonly store?: string;
  readonly value?: Serde<NonNullable<R>> | Serde<R>;
}

/** What a join with a table may be told, by what it joins. */
export type OptionsOf<In, R> =
  In extends KStream<infer K, infer V>
    ? JoinOptions<K, V>
    : In extends KTable<unknown, unknown>
      ? TableJoinOptions<R>
      : never;

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
