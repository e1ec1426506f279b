import { failure } from '../errors.ts';
import type { Serde, SerdeFor } from '../serde/serde.ts';
import type { CollectionFor } from '../topology/fitting.ts';
import type { SinkDeclaration } from '../topology/graph.ts';
import type { Collection, KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { Routing, StreamPartitioner, TopicNameExtractor } from '../topology/task-scope.ts';
import { isStream } from './internal/derive.ts';

export interface ToOptions<K, V> {
  /** Needed where an operator made new keys. */
  readonly key?: SerdeFor<K>;
  /** Needed where an operator made new values. */
  readonly value?: SerdeFor<V>;
  /** Chooses the partition of each record, several, or none. Default: by the key, as Java clients do (murmur2). */
  readonly partitioner?: StreamPartitioner<K, V>;
  /**
   * The topics that a function may choose from. Schemas are then registered for each of them, and they are known to exist
   * from the start. Without it any topic will do that was there when the worker started.
   */
  readonly topics?: readonly string[];
}

/**
 * Writes to a topic, which must exist, in the transaction of the task; with a function, to the topic that it gives for
 * each record. The partition is drawn from the key as Java clients do (murmur2), unless a `partitioner` says otherwise.
 * Of a table, each change is written; a deleted row is a tombstone.
 *
 * Throws SERDE_MISSING where an operator before made new keys or values and no serde is given; at the start of a worker
 * TOPIC_UNKNOWN, SCHEMA_INCOMPATIBLE.
 *
 * @example
 * prices.pipe(to('price-changes'));
 * orders.pipe(to((order) => `orders-${order.value.country}`, { topics: ['orders-PT', 'orders-FR'] }));
 * // in  prices        tea=250@1 tea=null@2
 * // out price-changes tea=250@1 tea=null@2
 */
export function to<In>(
  topic: string | TopicNameExtractor<KeyOf<In>, ValueOf<In>>,
  options?: ToOptions<KeyOf<In>, ValueOf<In>>,
): (source: CollectionFor<In, 'to'>) => void;
export function to(
  topic: string | TopicNameExtractor,
  options: ToOptions<unknown, unknown> = {},
): (source: Collection) => void {
  return (source) => {
    const { flow, node: parent } = source.shape;
    const sink = declaration(topic, {
      key: (options.key ?? source.shape.key) as Serde<unknown> | undefined,
      value: (options.value ?? source.shape.value) as Serde<unknown> | undefined,
      topics: options.topics,
    });
    const node = flow.add({ kind: 'to', parents: [parent], sink });
    const routing: Routing = {
      ...(typeof topic === 'function' && { topic }),
      ...(options.partitioner && { partitioner: options.partitioner }),
    };
    flow.connect(node, (scope) => {
      const send = scope.sink(node, routing);
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

function declaration(
  topic: unknown,
  serdes: {
    key: Serde<unknown> | undefined;
    value: Serde<unknown> | undefined;
    topics: readonly string[] | undefined;
  },
): SinkDeclaration {
  const { key, value, topics } = serdes;
  const step = typeof topic === 'string' ? `to('${topic}')` : 'to(function)';
  if (key === undefined) throw failure('SERDE_MISSING', { step, part: 'key' });
  if (value === undefined) throw failure('SERDE_MISSING', { step, part: 'value' });
  if (typeof topic === 'string') return { topic, internal: false, key, value };
  return { topic: topics?.join('|') ?? 'chosen-by-record', choice: topics ?? 'any', internal: false, key, value };
}
