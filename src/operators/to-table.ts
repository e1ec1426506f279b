import { failure } from '../errors.ts';
import type { Serde, SerdeFor } from '../serde/serde.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
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
export function toTable<In extends KStream<unknown, unknown>>(
  name: string,
  as: { key?: SerdeFor<KeyOf<In>>; value?: SerdeFor<ValueOf<In>> } = {},
): (source: In) => KTable<NonNullable<KeyOf<In>>, NonNullable<ValueOf<In>>> {
  return (source) => {
    const key = (as.key ?? source.shape.key) as Serde<unknown> | undefined;
    const value = (as.value ?? source.shape.value) as Serde<unknown> | undefined;
    if (key === undefined) throw failure('SERDE_MISSING', { step: `toTable('${name}')`, part: 'key' });
    if (value === undefined) throw failure('SERDE_MISSING', { step: `toTable('${name}')`, part: 'value' });
    const stream = byPresentKey<unknown, unknown>(source, { name: `${name}-in`, key, value });
    const node = stream.shape.flow.add({
      kind: 'toTable',
      name,
      parents: [stream.shape.node],
      store: { name, key, value },
    });
    const table = materialize<unknown, unknown>(stream.shape.flow, node, {
      name,
      key,
      value,
      connect: ({ emitter, scope }) =>
        stream.hub.add(({ key, value, timestamp, headers }) => {
          if (key === null || key === undefined) scope.drop(node, 'null key');
          else emitter.put(key, value ?? null, timestamp, headers);
        }),
    });
    // The serdes, checked above, are of this very source's keys and values; null is never stored.
    return table as KTable<NonNullable<KeyOf<In>>, NonNullable<ValueOf<In>>>;
  };
}
