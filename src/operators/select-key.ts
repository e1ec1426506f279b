import type { KStream } from '../topology/k-stream.ts';
import { deriveStream } from './internal/derive.ts';

/**
 * Gives each record a new key. A later group or join repartitions, so that equal keys meet in one task.
 *
 * @example
 * orders.pipe(selectKey((order) => order.user_id))
 */
export function selectKey<K, V, K2>(mapper: (value: V, key: K) => K2): (source: KStream<K, V>) => KStream<K2, V> {
  return (source) =>
    deriveStream<K, V, K2, V>(
      source,
      { kind: 'selectKey', key: undefined, value: source.shape.value, keyChanged: true },
      (emit) =>
        ({ key, value, timestamp, headers }) =>
          emit({ key: mapper(value, key), value, timestamp, headers }),
    );
}
