import { failure } from '../errors.ts';
import type { SerdeFor } from '../serde/serde.ts';
import type { Collection, KeyOf, ValueOf } from '../topology/k-grouped.ts';
import { isStream } from './internal/derive.ts';

export interface ToOptions<K, V> {
  /** Needed where an operator made new keys. */
  readonly key?: SerdeFor<K>;
  /** Needed where an operator made new values. */
  readonly value?: SerdeFor<V>;
}

/**
 * Writes to a topic, which must exist, in the transaction of the task. The partition is drawn from the key as Java
 * clients do (murmur2). Of a table, each change is written; a deleted row is a tombstone.
 *
 * @example
 * totals.pipe(to('user-totals'))
 */
export function to<In extends Collection>(
  topic: string,
  options: ToOptions<KeyOf<In>, ValueOf<In>> = {},
): (source: In) => void {
  return (source) => {
    const { flow, node: parent } = source.shape;
    const key = options.key ?? source.shape.key;
    const value = options.value ?? source.shape.value;
    if (key === undefined) throw failure('SERDE_MISSING', { step: `to('${topic}')`, part: 'key' });
    if (value === undefined) throw failure('SERDE_MISSING', { step: `to('${topic}')`, part: 'value' });
    const node = flow.add({ kind: 'to', parents: [parent], sink: { topic, internal: false, key, value } });
    flow.connect(node, (scope) => {
      const send = scope.sink(node);
      const write = (record: {
        key: unknown;
        value: unknown;
        timestamp: number;
        headers: Parameters<typeof send>[3];
      }) => send(record.key, record.value, record.timestamp, record.headers);
      if (isStream(source)) source.hub.add(write);
      else source.hub.add(write);
    });
  };
}
