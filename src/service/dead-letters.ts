import { causeHeaders } from '../log/cause-headers.ts';
import { Partitioner } from '../log/partitioner.ts';
import type { Log, Producer } from '../log/port.ts';
import { type FetchedRecord, keyBytes, valueBytes } from '../log/records/fetched-record.ts';

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** Writes records that could not be handled to a topic of their own: the same bytes, and in headers the cause. */
export class DeadLetters {
  readonly #topic: string;
  readonly #partitions: number;
  readonly #partitioner = new Partitioner();

  private constructor(topic: string, partitions: number) {
    this.#topic = topic;
    this.#partitions = partitions;
  }

  /** Makes the topic if it is missing; its records are kept until somebody deletes them. */
  static async open(topic: string, log: Log): Promise<DeadLetters> {
    const config = { 'cleanup.policy': 'delete', 'retention.ms': '-1' };
    await log.createTopics([{ name: topic, partitions: 1, config }]);
    const [info] = await log.describeTopics([topic]);
    return new DeadLetters(topic, info?.partitions ?? 1);
  }

  /** Appends one: it is written with the next commit. */
  append(producer: Producer, { record, place, error }: { record: FetchedRecord; place: Place; error: unknown }): void {
    const key = keyBytes(record);
    producer.append(this.#topic, this.#partitioner.choose(key, this.#partitions), {
      key,
      value: valueBytes(record),
      timestamp: record.timestamp,
      headers: [...record.headers, ...causeHeaders(error, { ...place, offset: record.offset })],
    });
  }
}
