import type { TableFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';

/**
 * The changes of a table as records: the new value, or null for a deleted row.
 *
 * @example
 * prices.pipe(toStream(), filter((cents) => cents !== null), to('set-prices'));
 * // in  prices     tea=5@1 tea=null@2
 * // out set-prices tea=5@1
 */
export function toStream<In>(): (source: TableFor<In, 'toStream'>) => KStream<KeyOf<In>, ValueOf<In> | null>;
/**
 * The same under new keys: a later group or join then repartitions. `key` also sees deletions, as null.
 *
 * @example
 * users.pipe(toStream((user) => user?.country ?? 'gone'), to('by-country', { key: string() }));
 * // in  users      ann={"country":"PT"}@1 ann=null@2
 * // out by-country PT={"country":"PT"}@1 gone=null@2
 */
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
