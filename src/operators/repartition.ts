import type { Serde, SerdeFor } from '../serde/serde.ts';
import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import { repartition as throughTopic } from '../topology/repartition.ts';
import type { StreamPartitioner } from '../topology/task-scope.ts';

export interface RepartitionOptions<K, V> {
  /** Needed where an operator made new keys. */
  readonly key?: SerdeFor<K>;
  /** Needed where an operator made new values. */
  readonly value?: SerdeFor<V>;
  /** Of the topic. Default: as many as the topics that it is joined with or made from. */
  readonly partitions?: number;
  readonly partitioner?: StreamPartitioner<K, V>;
}

/**
 * Sends the stream through an internal topic, so that what follows runs in tasks by the present key, or in more tasks
 * than before. The name owns the topic. Records with a null key are left out.
 *
 * Throws SERDE_MISSING where an operator before made new keys or values and no serde is given.
 *
 * @example
 * clicks.pipe(selectKey((page) => page), repartition('clicks-by-page', { key: string(), partitions: 12 }), to('by-page'));
 * // in  clicks  ann=home@1 bob=tea@2
 * // out by-page home=home@1 tea=tea@2
 */
export function repartition<In>(
  name: string,
  options?: RepartitionOptions<KeyOf<In>, ValueOf<In>>,
): (source: StreamFor<In, 'repartition'>) => In;
export function repartition(
  name: string,
  options: RepartitionOptions<unknown, unknown> = {},
): (source: KStream<unknown, unknown>) => KStream<unknown, unknown> {
  const { key, value, partitions, partitioner } = options;
  const as = { name, key: key as Serde<unknown>, value: value as Serde<unknown>, partitions, partitioner };
  return (source) => throughTopic<unknown, unknown>(source, as);
}
