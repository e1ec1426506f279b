import { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';

/**
 * The changes of a table as records: the new value, or null for a deleted row.
 *
 * @example
 * statuses.pipe(toStream(), filter((status) => status !== null))
 */
export function toStream(): <K, V>(source: KTable<K, V>) => KStream<K, V | null> {
  return <K, V>(source: KTable<K, V>) => {
    const { flow, node: parent, key, value } = source.shape;
    const node = flow.add({ kind: 'toStream', parents: [parent] });
    // A serde of V serves for V | null as well: null has no bytes.
    const stream = new KStream<K, V | null>({
      flow,
      node,
      key,
      value: value as typeof value & undefined,
      keyChanged: false,
    });
    flow.connect(node, () =>
      source.hub.add(({ key, value, timestamp, headers }) => stream.hub.emit({ key, value, timestamp, headers })),
    );
    return stream;
  };
}
