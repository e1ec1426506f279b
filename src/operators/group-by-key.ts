import { failure } from '../errors.ts';
import type { Serde } from '../serde/serde.ts';
import { KGroupedStream } from '../topology/k-grouped.ts';
import { KStream } from '../topology/k-stream.ts';
import { byPresentKey } from './internal/by-present-key.ts';

export interface GroupOptions<K, V> {
  /** Names the repartition topic; needed where an operator before changed the key. */
  readonly name?: string;
  readonly key?: Serde<K>;
  readonly value?: Serde<V>;
}

/**
 * Groups records by their key, for an aggregation. Goes through a repartition topic only if an operator before may have
 * changed the key.
 *
 * @example
 * orders.pipe(groupByKey(), count('orders-per-key'))
 */
export function groupByKey<K, V>(options: GroupOptions<K, V> = {}): (source: KStream<K, V>) => KGroupedStream<K, V> {
  return (source) => {
    const { name, key = source.shape.key, value = source.shape.value } = options;
    if (source.shape.keyChanged && name === undefined)
      throw failure('NAME_MISSING', { step: 'groupByKey', after: source.shape.node.kind });
    const known = new KStream<K, V>({ ...source.shape, key, value }, source.hub);
    return new KGroupedStream(byPresentKey(known, { name: name ?? '', key, value }));
  };
}
