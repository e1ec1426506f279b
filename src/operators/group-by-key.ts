import { failure } from '../errors.ts';
import type { Serde, SerdeFor } from '../serde/serde.ts';
import type { StreamFor } from '../topology/fitting.ts';
import { type KeyOf, KGroupedStream, type ValueOf } from '../topology/k-grouped.ts';
import { KStream } from '../topology/k-stream.ts';
import { byPresentKey } from './internal/by-present-key.ts';

export interface GroupOptions<K, V> {
  /** Names the repartition topic; needed where an operator before changed the key. */
  readonly name?: string;
  readonly key?: SerdeFor<K>;
  readonly value?: SerdeFor<V>;
}

/**
 * Groups records by their key, for an aggregation. Goes through a repartition topic only if an operator before may have
 * changed the key: it then needs a name (NAME_MISSING), and serdes where keys or values are new (SERDE_MISSING). Records
 * with a null key are dropped and counted by the aggregation.
 *
 * @example
 * orders.pipe(groupByKey(), count('orders-per-key'));
 * clicks.pipe(selectKey((page) => page), groupByKey({ name: 'by-page', key: string() }), count('visits'), to('visits'));
 * // in  clicks ann=home@1 bob=home@2
 * // out visits home=1@1 home=2@2
 */
export function groupByKey<In>(
  options?: GroupOptions<KeyOf<In>, ValueOf<In>>,
): (source: StreamFor<In, 'groupByKey'>) => KGroupedStream<KeyOf<In>, ValueOf<In>>;
export function groupByKey(
  options: { name?: string; key?: Serde<unknown>; value?: Serde<unknown> } = {},
): (source: KStream<unknown, unknown>) => KGroupedStream<unknown, unknown> {
  return (source) => {
    const { name, key = source.shape.key, value = source.shape.value } = options;
    if (source.shape.keyChanged && name === undefined)
      throw failure('NAME_MISSING', { step: 'groupByKey', after: source.shape.node.kind });
    const known = new KStream<unknown, unknown>({ ...source.shape, key, value }, source.hub);
    return new KGroupedStream(byPresentKey(known, { name: name ?? '', key, value }));
  };
}
