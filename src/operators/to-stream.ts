import type { TableFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';

/**
 * The changes of a table as records: the new value, or null for a deleted row. With `key`, under new keys: a later group
 * or join then repartitions.
 *
 * @example
 * statuses.pipe(toStream(), filter((status) => status !== null))
 */
export function toStream<In>(): (source: TableFor<In, 'toStream'>) => KStream<KeyOf<In>, ValueOf<In> | null>;
export function toStream<In, K2>(
  key: (value: ValueOf<In> | null, key: KeyOf<In>) => K2,
): (source: TableFor<In, 'toStream'>) => KStream<K2, ValueOf<In> | null>;
export function toStream(
  mapper?: (value: unknown, key: unknown) => unknown,
): (source: KTable<unknown, unknown>) => KStream<unknown, unknown> {
  return (source) => {
    const { flow, node: parent, value } = source.shape;
    const node = flow.add({ kind: 'toStream', parents: [parent] });
    const keyChanged = mapper !== undefined;
    const key = keyChanged ? undefined : source.shape.key;
    // A serde of V serves for V | null as well: null has no bytes.
    const stream = new KStream<unknown, unknown>({ flow, node, key, value, keyChanged });
    flow.connect(node, () =>
      source.hub.add(({ key, value, timestamp, headers }) =>
        stream.hub.emit({ key: mapper === undefined ? key : mapper(value, key), value, timestamp, headers }),
      ),
    );
    return stream;
  };
}
