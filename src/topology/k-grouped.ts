import type { Serde } from '../serde/serde.ts';
import type { Windowed } from '../serde/windowed.ts';
import type { KStream } from './k-stream.ts';
import type { KTable } from './k-table.ts';
import type { KWindowedStream } from './k-windowed-stream.ts';
import { type Pipe, pipeSteps } from './pipe.ts';
import type { TableChange } from './records.ts';

/**
 * A stream whose records are partitioned by the key to aggregate by.
 *
 * @see `groupByKey`, `groupBy`
 */
export class KGroupedStream<K, V> {
  readonly kind = 'grouped-stream';
  /** @internal */
  readonly stream: KStream<K, V>;
  // The overloads of Pipe say what a chain gives; no implementation can.
  readonly pipe = pipeSteps as Pipe<KGroupedStream<K, V>>;

  /** @internal */
  constructor(stream: KStream<K, V>) {
    this.stream = stream;
  }
}

/**
 * A table regrouped by another key: each change takes the old value out of one group and puts the new one into another.
 *
 * @see `groupBy`
 */
export class KGroupedTable<K, V> {
  readonly kind = 'grouped-table';
  /** Changes by the new key, as they come out of the repartition topic. @internal */
  readonly changes: KStream<K, Pick<TableChange<K, V>, 'value' | 'oldValue'>>;
  /** @internal */
  readonly value: Serde<V>;
  readonly pipe = pipeSteps as Pipe<KGroupedTable<K, V>>;

  /** @internal */
  constructor(changes: KStream<K, Pick<TableChange<K, V>, 'value' | 'oldValue'>>, value: Serde<V>) {
    this.changes = changes;
    this.value = value;
  }
}

/** What the callbacks of an operator see of its source, whichever kind that is. */
export type KeyOf<In> =
  In extends KStream<infer K, unknown>
    ? K
    : In extends KTable<infer K, unknown>
      ? K
      : In extends KGroupedStream<infer K, unknown>
        ? K
        : In extends KGroupedTable<infer K, unknown>
          ? K
          : In extends KWindowedStream<infer K, unknown>
            ? K
            : never;
export type ValueOf<In> =
  In extends KStream<unknown, infer V>
    ? V
    : In extends KTable<unknown, infer V>
      ? V
      : In extends KGroupedStream<unknown, infer V>
        ? V
        : In extends KGroupedTable<unknown, infer V>
          ? V
          : In extends KWindowedStream<unknown, infer V>
            ? V
            : never;
/** The key of an aggregation's rows. */
export type ResultKeyOf<In> = In extends KWindowedStream<infer K, unknown> ? Windowed<K> : KeyOf<In>;
/** What can be aggregated. */
export type Grouping =
  | KGroupedStream<unknown, unknown>
  | KGroupedTable<unknown, unknown>
  | KWindowedStream<unknown, unknown>;
/** The same kind of source with other values. */
export type WithValue<In, R> =
  In extends KStream<infer K, unknown> ? KStream<K, R> : In extends KTable<infer K, unknown> ? KTable<K, R> : never;
export type Collection = KStream<unknown, unknown> | KTable<unknown, unknown>;
