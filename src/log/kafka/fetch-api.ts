import { createAPI, type Reader, Writer } from '@platformatic/kafka';
import { FlatReader } from './flat-reader.ts';

/** Fetch, version 16: topics by id, always a full fetch. Own codec: the answer stays one flat buffer. */
export interface FetchRequest {
  readonly maxWaitMs: number;
  readonly readCommitted: boolean;
  readonly topics: readonly FetchTopic[];
  readonly maxBytesPerPartition: number;
}

export interface FetchTopic {
  readonly topicId: string;
  readonly partitions: readonly FetchPosition[];
}

interface FetchPosition {
  readonly partition: number;
  readonly position: number;
}

export interface FetchResponse {
  readonly errorCode: number;
  readonly topics: readonly { readonly topicId: string; readonly partitions: readonly PartitionAnswer[] }[];
}

/** An error is the partition's own: it says nothing about the others in the answer. */
export interface PartitionAnswer {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches, the last one perhaps cut off. A view of the whole answer. */
  readonly records: Buffer;
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

const MAX_BYTES = 32 << 20;

export const fetchV16 = createAPI<[request: FetchRequest], FetchResponse>(1, 16, createRequest, parseResponse);

export function createRequest({ maxWaitMs, readCommitted, topics, maxBytesPerPartition }: FetchRequest): Writer {
  return Writer.create()
    .appendInt32(maxWaitMs)
    .appendInt32(1) // Answer as soon as there is anything.
    .appendInt32(MAX_BYTES)
    .appendInt8(readCommitted ? 1 : 0)
    .appendInt32(0) // No fetch session.
    .appendInt32(-1)
    .appendArray([...topics], (writer, topic) => {
      writer.appendUUID(topic.topicId).appendArray([...topic.partitions], (inner, { partition, position }) => {
        inner
          .appendInt32(partition)
          .appendInt32(-1) // Leader epoch unknown: not checked.
          .appendInt64(BigInt(position))
          .appendInt32(-1)
          .appendInt64(-1n) // Log start offset: for followers only.
          .appendInt32(maxBytesPerPartition);
      });
    })
    .appendArray([], () => {})
    .appendString('')
    .appendTaggedFields();
}

export function parseResponse(_correlation: number, _key: number, _version: number, reader: Reader): FetchResponse {
  const flat = new FlatReader(reader.buffer.buffer);
  flat.position = reader.position;
  flat.int32(); // Throttle time.
  const errorCode = flat.int16();
  flat.int32(); // Session.
  const topics = flat.array(() => {
    const topicId = flat.uuid();
    const partitions = flat.array(() => readPartition(flat));
    flat.skipTags();
    return { topicId, partitions };
  });
  return { errorCode, topics };
}

function readPartition(flat: FlatReader): PartitionAnswer {
  const partition = flat.int32();
  const errorCode = flat.int16();
  const highWatermark = flat.int64();
  const lastStableOffset = flat.int64();
  const logStartOffset = flat.int64();
  const aborted = flat.array(() => {
    const transaction = { producerId: flat.bigInt64(), firstOffset: flat.int64() };
    flat.skipTags();
    return transaction;
  });
  flat.int32(); // Preferred replica.
  const records = flat.bytes();
  flat.skipTags();
  return { partition, errorCode, highWatermark, lastStableOffset, logStartOffset, aborted, records };
}
