import type { Serde } from '../../serde/serde.ts';
import type { KStream } from '../../topology/k-stream.ts';
import { repartition } from '../../topology/repartition.ts';

/** The stream itself if it is still partitioned by its key, else sent through the repartition topic `name`. */
export function byPresentKey<K, V>(
  source: KStream<K, V>,
  as: { name: string; key?: Serde<K> | undefined; value?: Serde<V> | undefined },
): KStream<K, V> {
  return source.shape.keyChanged ? repartition(source, as) : source;
}
