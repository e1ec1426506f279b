import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { StreamRecord } from '../topology/records.ts';
import { deriveStream } from './internal/derive.ts';

/**
 * Calls `action` for each record and passes it on unchanged. What the action does outside is not part of exactly-once:
 * it may happen again after a crash.
 *
 * @example
 * orders.pipe(peek((order, key) => logger.debug({ key, order })), to('copies'));
 */
export function peek<In>(
  action: (value: ValueOf<In>, key: KeyOf<In>, record: StreamRecord<KeyOf<In>, ValueOf<In>>) => void,
): (source: StreamFor<In, 'peek'>) => In;
export function peek(
  action: (value: unknown, key: unknown, record: StreamRecord<unknown, unknown>) => void,
): (source: KStream<unknown, unknown>) => KStream<unknown, unknown> {
  return (source) => {
    const { key, value, keyChanged } = source.shape;
    return deriveStream(source, { kind: 'peek', key, value, keyChanged }, (emit) => (record) => {
      action(record.value, record.key, record);
      emit(record);
    });
  };
}
