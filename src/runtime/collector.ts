import { Partitioner } from '../log/partitioner.ts';
import type { Headers, Producer } from '../log/port.ts';
import type { Codec } from '../serde/serde.ts';
import type { SinkDeclaration } from '../topology/graph.ts';
import type { Send } from '../topology/task-scope.ts';
import type { Application } from './application.ts';
import type { Codecs } from './codecs.ts';

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

  /** How records get to a sink: partitioned by their key as Java clients do. */
  sink(sink: SinkDeclaration): Send {
    const topic = this.#application.topicOf(sink);
    const partitions = this.#application.partitionsOf(topic);
    const producer = this.#producer;
    const partitioner = new Partitioner();
    const { key: keyCodec, value: valueCodec } = this.#open(topic, sink);
    return (key, value, timestamp, headers) => {
      const keyBytes = encode(keyCodec, key);
      producer.append(topic, partitioner.choose(keyBytes, partitions), {
        key: keyBytes,
        value: encode(valueCodec, value),
        timestamp,
        headers,
      });
    };
  }

  /** How rows get to a store's changelog: into the partition of the task. */
  changelog(topic: string, partition: number, serdes: Pick<SinkDeclaration, 'key' | 'value'>): Send {
    const producer = this.#producer;
    const { key: keyCodec, value: valueCodec } = this.#open(topic, serdes);
    return (key, value, timestamp, headers) =>
      producer.append(topic, partition, {
        key: encode(keyCodec, key),
        value: encode(valueCodec, value),
        timestamp,
        headers,
      });
  }

  /** Bytes as they are, to a topic without codecs (dead letters). */
  raw(
    topic: string,
    partition: number,
    record: { key: Buffer | null; value: Buffer | null; timestamp: number; headers: Headers },
  ): void {
    this.#producer.append(topic, partition, record);
  }

  #open(topic: string, serdes: Pick<SinkDeclaration, 'key' | 'value'>): { key: Codec<unknown>; value: Codec<unknown> } {
    return { key: this.#codecs.get(topic, 'key', serdes.key), value: this.#codecs.get(topic, 'value', serdes.value) };
  }
}

const encode = (codec: Codec<unknown>, value: unknown): Buffer | null =>
  value === null || value === undefined ? null : codec.encode(value);
