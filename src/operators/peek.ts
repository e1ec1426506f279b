import type { KStream } from '../topology/k-stream.ts';
import type { StreamRecord } from '../topology/records.ts';
import { deriveStream } from './internal/derive.ts';

/**
 * Calls `action` for each record and passes it on unchanged. What the action does outside is not part of exactly-once:
 * it may happen again after a crash.
 *
 * @example
 * orders.pipe(peek((order, key) => log.debug({ key, order })))
 */
export function peek<K, V>(
  action: (value: V, key: K, record: StreamRecord<K, V>) => void,
): (source: KStream<K, V>) => KStream<K, V> {
  return (source) => {
    const { key, value, keyChanged } = source.shape;
    return deriveStream(source, { kind: 'peek', key, value, keyChanged }, (emit) => (record) => {
      action(record.value, record.key, record);
      emit(record);
    });
  };
}
