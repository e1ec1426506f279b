import { failure, isMillraceError } from '../errors.ts';
import { Partitioner } from '../log/partitioner.ts';
import type { Headers, OutgoingRecord, Producer } from '../log/port.ts';
import type { Codec } from '../serde/serde.ts';
import type { SinkDeclaration, StoreDeclaration } from '../topology/graph.ts';
import type { Routing, Send, StreamPartitioner } from '../topology/task-scope.ts';
import type { Application } from './application.ts';
import type { Codecs } from './codecs.ts';
import { keyText } from './key-text.ts';

interface SinkOptions extends Routing {
  /** Told of a record that the user's partitioner sends nowhere. */
  readonly dropped: () => void;
  /** Given the error of a record that is not appended; throws it again where it is not to be passed over. */
  readonly unwritten: (error: unknown) => void;
}

/** Encodes what tasks send and hands it to the producer, into the transaction that is open. */
export class Collector {
  readonly #application: Application;
  readonly #codecs: Codecs;
  readonly #producer: Producer;

  constructor(application: Application, codecs: Codecs, producer: Producer) {
    this.#application = application;
    this.#codecs = codecs;
    this.#producer = producer;
  }

  /** How records get to a sink: partitioned by their key as Java clients do, or as the user says. */
  sink(sink: SinkDeclaration, options: SinkOptions): Send {
    const choose = options.topic;
    if (choose === undefined) return this.#sendTo(this.#application.topicOf(sink), sink, options);
    const sends = new Map<string, Send>();
    return (key, value, timestamp, headers) => {
      const topic = choose({ key, value, timestamp, headers });
      let send = sends.get(topic);
      if (send === undefined) {
        send = this.#sendTo(topic, sink, options);
        sends.set(topic, send);
      }
      send(key, value, timestamp, headers);
    };
  }

  /** How rows get to a store's changelog: into the partition of the task. */
  changelog(topic: string, partition: number, store: Pick<StoreDeclaration, 'name' | 'key' | 'value'>): Send {
    const producer = this.#producer;
    const { key: keyCodec, value: valueCodec } = this.#open(topic, store);
    return (key, value, timestamp, headers) => {
      const record = { key: encode(keyCodec, key), value: encode(valueCodec, value), timestamp, headers };
      try {
        producer.append(topic, partition, record);
      } catch (error) {
        throw rowFailure(error, store.name, key);
      }
    };
  }

  /** Bytes as they are, to a topic without codecs (dead letters). */
  raw(
    topic: string,
    partition: number,
    record: { key: Buffer | null; value: Buffer | null; timestamp: number; headers: Headers },
  ): void {
    this.#producer.append(topic, partition, record);
  }

  #sendTo(topic: string, sink: SinkDeclaration, options: SinkOptions): Send {
    const partitions = this.#application.partitionsOf(topic);
    const producer = this.#producer;
    const byKey = new Partitioner();
    const { key: keyCodec, value: valueCodec } = this.#codecs.ofSink(topic, sink);
    const choose = options.partitioner && userPartitioner(topic, partitions, options.partitioner);
    return (key, value, timestamp, headers) => {
      const chosen = choose?.(key, value);
      const keyBytes = encode(keyCodec, key);
      const record = { key: keyBytes, value: encode(valueCodec, value), timestamp, headers };
      try {
        if (chosen === undefined) producer.append(topic, byKey.choose(keyBytes, partitions), record);
        else if (chosen.length === 0) options.dropped();
        else multicast(producer, { topic, partitions: chosen, record });
      } catch (error) {
        options.unwritten(error);
      }
    };
  }

  #open(topic: string, serdes: Pick<SinkDeclaration, 'key' | 'value'>): { key: Codec<unknown>; value: Codec<unknown> } {
    return { key: this.#codecs.get(topic, 'key', serdes.key), value: this.#codecs.get(topic, 'value', serdes.value) };
  }
}

function multicast(
  producer: Producer,
  { topic, partitions, record }: { topic: string; partitions: readonly number[]; record: OutgoingRecord },
): void {
  for (const partition of new Set(partitions)) producer.append(topic, partition, record);
}

/** A row that is left out would be missing in the store after the next restoration: no policy passes over it. */
function rowFailure(error: unknown, store: string, key: unknown): unknown {
  if (!isMillraceError(error, 'RECORD_TOO_LARGE')) return error;
  return failure('ROW_TOO_LARGE', { ...error.context, store, key: keyText(key) }, error);
}

/** The user's choice as a list, checked: a record in a partition that is not there would be lost. */
function userPartitioner(topic: string, partitions: number, choose: StreamPartitioner) {
  return (key: unknown, value: unknown): readonly number[] | undefined => {
    const chosen = choose({ key, value, topic }, partitions);
    if (chosen === undefined) return undefined;
    const list = typeof chosen === 'number' ? [chosen] : chosen;
    for (const partition of list)
      if (!(Number.isInteger(partition) && partition >= 0 && partition < partitions))
        throw failure('PARTITION_UNKNOWN', { topic, partition, partitions });
    return list;
  };
}

const encode = (codec: Codec<unknown>, value: unknown): Buffer | null =>
  value === null || value === undefined ? null : codec.encode(value);
