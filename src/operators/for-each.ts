import type { StreamFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { StreamRecord } from '../topology/records.ts';

/**
 * Calls `action` for each record; the stream ends here. What the action does outside is not part of exactly-once: it may
 * happen again after a crash.
 *
 * @example
 * orders.pipe(forEach((order, key) => logger.info({ key, order })));
 */
export function forEach<In>(
  action: (value: ValueOf<In>, key: KeyOf<In>, record: StreamRecord<KeyOf<In>, ValueOf<In>>) => void,
): (source: StreamFor<In, 'forEach'>) => void;
export function forEach(
  action: (value: unknown, key: unknown, record: StreamRecord<unknown, unknown>) => void,
): (source: KStream<unknown, unknown>) => void {
  return (source) => {
    const { flow, node: parent } = source.shape;
    const node = flow.add({ kind: 'forEach', parents: [parent] });
    flow.connect(node, () => source.hub.add((record) => action(record.value, record.key, record)));
  };
}
