import type { KStream } from '../topology/k-stream.ts';
import { deriveStream } from './internal/derive.ts';

/**
 * Replaces key and value of each record. A later group or join repartitions, since the key may have changed; use
 * `mapValues` where it has not.
 *
 * @example
 * orders.pipe(map((order) => [order.user_id, order.total_cents]))
 */
export function map<K, V, K2, V2>(
  mapper: (value: V, key: K) => readonly [key: K2, value: V2],
): (source: KStream<K, V>) => KStream<K2, V2> {
  return (source) =>
    deriveStream<K, V, K2, V2>(
      source,
      { kind: 'map', key: undefined, value: undefined, keyChanged: true },
      (emit) => (record) => {
        const [key, value] = mapper(record.value, record.key);
        emit({ key, value, timestamp: record.timestamp, headers: record.headers });
      },
    );
}
