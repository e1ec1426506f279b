import type { KStream } from '../topology/k-stream.ts';
import { deriveStream } from './internal/derive.ts';

/**
 * Makes any number of values of each one, in order, under its key and with its timestamp and headers. Nothing is
 * repartitioned.
 *
 * @example
 * orders.pipe(flatMapValues((order) => order.items))
 */
export function flatMapValues<K, V, V2>(
  mapper: (value: V, key: K) => Iterable<V2>,
): (source: KStream<K, V>) => KStream<K, V2> {
  return (source) => {
    const { key, keyChanged } = source.shape;
    return deriveStream<K, V, K, V2>(
      source,
      { kind: 'flatMapValues', key, value: undefined, keyChanged },
      (emit) =>
        ({ key, value, timestamp, headers }) => {
          for (const one of mapper(value, key)) emit({ key, value: one, timestamp, headers });
        },
    );
  };
}
