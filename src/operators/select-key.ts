import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import { deriveStream } from './internal/derive.ts';

/**
 * Gives each record a new key. A later group or join repartitions, so that equal keys meet in one task.
 *
 * @example
 * orders.pipe(selectKey((order) => order.user_id));
 *
 * clicks.pipe(selectKey((page) => page), to('by-page', { key: string() }));
 * // in  clicks  ann=home@1
 * // out by-page home=home@1
 */
export function selectKey<In, K2>(
  mapper: (value: ValueOf<In>, key: KeyOf<In>) => K2,
): (source: StreamFor<In, 'selectKey'>) => KStream<K2, ValueOf<In>>;
export function selectKey(
  mapper: (value: unknown, key: unknown) => unknown,
): (source: KStream<unknown, unknown>) => KStream<unknown, unknown> {
  return (source) =>
    deriveStream<unknown, unknown, unknown, unknown>(
      source,
      { kind: 'selectKey', key: undefined, value: source.shape.value, keyChanged: true },
      (emit) =>
        ({ key, value, timestamp, headers }) =>
          emit({ key: mapper(value, key), value, timestamp, headers }),
    );
}
