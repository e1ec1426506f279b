import { failure } from '../errors.ts';
import type { Serde } from '../serde/serde.ts';
import { KStream } from './k-stream.ts';
import type { StreamRecord } from './records.ts';

/**
 * Sends a stream through a topic of its own, so that its records are partitioned by their present key. Records with a
 * null key are left out: they belong to no group and match nothing.
 */
export function repartition<K, V>(
  source: KStream<K, V>,
  as: { name: string; key?: Serde<K> | undefined; value?: Serde<V> | undefined },
): KStream<K, V> {
  const { flow, node: parent } = source.shape;
  const key = as.key ?? source.shape.key;
  const value = as.value ?? source.shape.value;
  if (key === undefined) throw failure('SERDE_MISSING', { step: as.name, part: 'key' });
  if (value === undefined) throw failure('SERDE_MISSING', { step: as.name, part: 'value' });
  const sink = flow.add({
    kind: 'repartition',
    name: as.name,
    parents: [parent],
    sink: { topic: as.name, internal: true, key, value },
  });
  flow.connect(sink, (scope) => {
    const send = scope.sink(sink);
    source.hub.add(({ key, value, timestamp, headers }) => {
      if (key !== null) send(key, value, timestamp, headers);
    });
  });
  const node = flow.add({
    kind: 'repartitioned',
    name: as.name,
    parents: [],
    source: { topic: as.name, internal: true, key, value, writer: sink.id, reset: 'earliest' },
  });
  const stream = new KStream<K, V>({ flow, node, key, value, keyChanged: false });
  flow.connect(node, (scope) => scope.source(node, (record) => stream.hub.emit(record as StreamRecord<K, V>)));
  return stream;
}
