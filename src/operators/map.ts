import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import { deriveStream } from './internal/derive.ts';

/**
 * Replaces key and value of each record. A later group or join repartitions, since the key may have changed; use
 * `mapValues` where it has not.
 *
 * @example
 * orders.pipe(map((order) => [order.user_id, order.total_cents]));
 *
 * amounts.pipe(map((cents, user) => [user.toUpperCase(), cents * 2]), to('doubled', { key: string(), value: integer() }));
 * // in  amounts ann=5@1
 * // out doubled ANN=10@1
 */
export function map<In, K2, V2>(
  mapper: (value: ValueOf<In>, key: KeyOf<In>) => readonly [key: K2, value: V2],
): (source: StreamFor<In, 'map'>) => KStream<K2, V2>;
export function map(
  mapper: (value: unknown, key: unknown) => readonly [key: unknown, value: unknown],
): (source: KStream<unknown, unknown>) => KStream<unknown, unknown> {
  return (source) =>
    deriveStream<unknown, unknown, unknown, unknown>(
      source,
      { kind: 'map', key: undefined, value: undefined, keyChanged: true },
      (emit) => (record) => {
        const [key, value] = mapper(record.value, record.key);
        emit({ key, value, timestamp: record.timestamp, headers: record.headers });
      },
    );
}
