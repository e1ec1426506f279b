import type { Serde } from '../../serde/serde.ts';
import type { KStream } from '../../topology/k-stream.ts';
import { repartition } from '../../topology/repartition.ts';

interface ByPresentKey<K, V> {
  readonly name: string;
  readonly key?: Serde<K> | undefined;
  readonly value?: Serde<V> | undefined;
}

/**
 * The stream itself if it is still partitioned by its key, else sent through the repartition topic `name`; with
 * `optimization: 'all'` through the topic that another step has sent the same stream through already.
 */
export function byPresentKey<K, V>(source: KStream<K, V>, as: ByPresentKey<K, V>): KStream<K, V> {
  if (!source.shape.keyChanged) return source;
  const { flow, key = as.key, value = as.value } = source.shape;
  if (flow.optimization === 'none') return repartition(source, as);
  const form = `${(as.key ?? key)?.name} ${(as.value ?? value)?.name}`;
  const sent = flow.repartitioned.get(source.hub) ?? new Map<string, KStream<unknown, unknown>>();
  const stream = (sent.get(form) as KStream<K, V> | undefined) ?? repartition(source, as);
  sent.set(form, stream as KStream<unknown, unknown>);
  flow.repartitioned.set(source.hub, sent);
  return stream;
}
