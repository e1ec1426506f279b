import { failure } from '../errors.ts';
import type { Serde } from '../serde/serde.ts';
import { KStream } from './k-stream.ts';
import type { StreamRecord } from './records.ts';
import type { StreamPartitioner } from './task-scope.ts';

export interface RepartitionStep<K, V> {
  readonly name: string;
  readonly key?: Serde<K> | undefined;
  readonly value?: Serde<V> | undefined;
  /** How many partitions the topic is to have; else it follows its neighbours. */
  readonly partitions?: number | undefined;
  /** Who chooses the partition of each record; else its key does. */
  readonly partitioner?: StreamPartitioner<K, V> | undefined;
}

/**
 * Sends a stream through a topic of its own, so that its records are partitioned by their present key. Records with a
 * null key are left out, since they belong to no group and match nothing, unless a join behind keeps them.
 */
export function repartition<K, V>(source: KStream<K, V>, as: RepartitionStep<K, V>): KStream<K, V> {
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
    const send = scope.sink(sink, as.partitioner && { partitioner: as.partitioner as StreamPartitioner });
    const keepsAll = flow.plan.someFrom(sink, (behind) => behind.takesNullKeys === true);
    source.hub.add(({ key, value, timestamp, headers }) => {
      if (keepsAll || key !== null) send(key, value, timestamp, headers);
    });
  });
  const node = flow.add({
    kind: 'repartitioned',
    name: as.name,
    parents: [],
    source: {
      topic: as.name,
      internal: true,
      key,
      value,
      writer: sink.id,
      reset: 'earliest',
      ...(as.partitions === undefined ? {} : { partitions: as.partitions }),
    },
  });
  const stream = new KStream<K, V>({ flow, node, key, value, keyChanged: false });
  flow.connect(node, (scope) => scope.source(node, (record) => stream.hub.emit(record as StreamRecord<K, V>)));
  return stream;
}
