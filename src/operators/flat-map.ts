import type { KStream } from '../topology/k-stream.ts';
import { deriveStream } from './internal/derive.ts';

/**
 * Makes any number of records of each one, in order, with its timestamp and headers. A later group or join repartitions.
 *
 * @example
 * orders.pipe(flatMap((order) => order.items.map((item) => [item.product_id, item.quantity])))
 */
export function flatMap<K, V, K2, V2>(
  mapper: (value: V, key: K) => Iterable<readonly [key: K2, value: V2]>,
): (source: KStream<K, V>) => KStream<K2, V2> {
  return (source) =>
    deriveStream<K, V, K2, V2>(
      source,
      { kind: 'flatMap', key: undefined, value: undefined, keyChanged: true },
      (emit) =>
        ({ key, value, timestamp, headers }) => {
          for (const [newKey, newValue] of mapper(value, key))
            emit({ key: newKey, value: newValue, timestamp, headers });
        },
    );
}
