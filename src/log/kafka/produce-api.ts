import { createAPI, type Reader, Writer } from '@platformatic/kafka';
import { byTopic } from './by-topic.ts';
import { FlatReader } from './flat-reader.ts';

/** Produce, version 12: in a transaction it adds its partitions by itself. One batch a partition, or the broker refuses. */
export interface ProduceRequest {
  /** Null outside transactions. */
  readonly transactionalId: string | null;
  readonly timeoutMs: number;
  readonly batches: readonly ProduceBatch[];
}

export interface ProduceBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: Buffer;
}

export interface ProduceAnswer {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: number;
  readonly message: string | null;
}

export const produceV12 = createAPI<[request: ProduceRequest], ProduceAnswer[]>(0, 12, createRequest, parseResponse);

const ALL_REPLICAS = -1;

export function createRequest({ transactionalId, timeoutMs, batches }: ProduceRequest): Writer {
  return Writer.create()
    .appendString(transactionalId)
    .appendInt16(ALL_REPLICAS)
    .appendInt32(timeoutMs)
    .appendArray(byTopic(batches), (writer, [topic, partitions]) => {
      writer.appendString(topic).appendArray(partitions, (inner, { partition, records }) => {
        inner
          .appendInt32(partition)
          .appendUnsignedVarInt(records.length + 1)
          .append(records);
      });
    })
    .appendTaggedFields();
}

export function parseResponse(_correlation: number, _key: number, _version: number, reader: Reader): ProduceAnswer[] {
  const flat = new FlatReader(reader.buffer.buffer);
  flat.position = reader.position;
  const topics = flat.array(() => {
    const topic = flat.string();
    const answers = flat.array(() => readPartition(flat, topic));
    flat.skipTags();
    return answers;
  });
  return topics.flat();
}

function readPartition(flat: FlatReader, topic: string): ProduceAnswer {
  const partition = flat.int32();
  const errorCode = flat.int16();
  const baseOffset = flat.int64();
  flat.int64(); // Log append time.
  flat.int64(); // Log start offset.
  const recordErrors = flat.array(() => {
    flat.int32();
    const message = flat.nullableString();
    flat.skipTags();
    return message;
  });
  const message = flat.nullableString() ?? recordErrors.find((text) => text !== null) ?? null;
  flat.skipTags();
  return { topic, partition, errorCode, baseOffset, message };
}
