import { failure } from '../errors.ts';
import type { Serde } from '../serde/serde.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';
import { materialize } from '../topology/materialize.ts';
import { byPresentKey } from './internal/by-present-key.ts';

/**
 * Reads a stream as the changes of a table: the newest value of each key, null deletes. Records with a null key are
 * dropped and counted.
 *
 * @example
 * users.pipe(toTable('users'))
 */
export function toTable<K, V>(
  name: string,
  as: { key?: Serde<NonNullable<K>>; value?: Serde<NonNullable<V>> } = {},
): (source: KStream<K, V>) => KTable<NonNullable<K>, NonNullable<V>> {
  return (source) => {
    // The serdes of K and V serve for their non-null values, and the other way round: null has no bytes.
    const key = as.key ?? (source.shape.key as Serde<NonNullable<K>> | undefined);
    const value = as.value ?? (source.shape.value as Serde<NonNullable<V>> | undefined);
    if (key === undefined) throw failure('SERDE_MISSING', { step: `toTable('${name}')`, part: 'key' });
    if (value === undefined) throw failure('SERDE_MISSING', { step: `toTable('${name}')`, part: 'value' });
    const serdes = { key: key as Serde<unknown> as Serde<K>, value: value as Serde<unknown> as Serde<V> };
    const stream = byPresentKey(source, { name: `${name}-in`, ...serdes });
    const node = stream.shape.flow.add({
      kind: 'toTable',
      name,
      parents: [stream.shape.node],
      store: { name, key, value },
    });
    return materialize(stream.shape.flow, node, {
      name,
      key,
      value,
      connect: ({ emitter, scope }) =>
        stream.hub.add(({ key, value, timestamp, headers }) => {
          if (key === null || key === undefined) scope.drop(node, 'null key');
          else emitter.put(key, value ?? null, timestamp, headers);
        }),
    });
  };
}
