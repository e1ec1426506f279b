import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import { deriveStream } from './internal/derive.ts';

/**
 * Makes any number of records of each one, in order, with its timestamp and headers. A later group or join repartitions.
 *
 * @example
 * orders.pipe(flatMap((order) => order.items.map((item) => [item.product_id, item.quantity])));
 *
 * clicks.pipe(flatMap((page, user) => [[page, user], [page, 'all']]), to('visitors', { key: string(), value: string() }));
 * // in  clicks   ann=home@1
 * // out visitors home=ann@1 home=all@1
 */
export function flatMap<In, K2, V2>(
  mapper: (value: ValueOf<In>, key: KeyOf<In>) => Iterable<readonly [key: K2, value: V2]>,
): (source: StreamFor<In, 'flatMap'>) => KStream<K2, V2>;
export function flatMap(
  mapper: (value: unknown, key: unknown) => Iterable<readonly [key: unknown, value: unknown]>,
): (source: KStream<unknown, unknown>) => KStream<unknown, unknown> {
  return (source) =>
    deriveStream<unknown, unknown, unknown, unknown>(
      source,
      { kind: 'flatMap', key: undefined, value: undefined, keyChanged: true },
      (emit) =>
        ({ key, value, timestamp, headers }) => {
          for (const [newKey, newValue] of mapper(value, key))
            emit({ key: newKey, value: newValue, timestamp, headers });
        },
    );
}
