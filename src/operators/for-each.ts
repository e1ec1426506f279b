import type { KStream } from '../topology/k-stream.ts';
import type { StreamRecord } from '../topology/records.ts';

/**
 * Calls `action` for each record; the stream ends here. What the action does outside is not part of exactly-once: it may
 * happen again after a crash.
 *
 * @example
 * orders.pipe(forEach((order, key) => log.info({ key, order })))
 */
export function forEach<K, V>(
  action: (value: V, key: K, record: StreamRecord<K, V>) => void,
): (source: KStream<K, V>) => void {
  return (source) => {
    const { flow, node: parent } = source.shape;
    const node = flow.add({ kind: 'forEach', parents: [parent] });
    flow.connect(node, () => source.hub.add((record) => action(record.value, record.key, record)));
  };
}
