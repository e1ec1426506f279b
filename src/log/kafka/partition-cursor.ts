import type { FetchedPartition, Position } from '../port.ts';
import { readBatches } from '../records/batch-reader.ts';
import type { FetchedRecord } from '../records/fetched-record.ts';
import type { RecordBatch } from '../records/record-batch.ts';
import { AbortedFilter } from './aborted-filter.ts';
import type { PartitionAnswer } from './fetch-api.ts';
import { unpack } from './unpack.ts';

/**
 * Where the reading of one partition stands. Assigning the partition anew makes a new cursor, so what arrives for the
 * old one can be told apart and dropped.
 */
export class PartitionCursor {
  readonly topic: string;
  readonly partition: number;
  /** The offset that the next fetch asks for. */
  position: number;
  paused = false;
  /** The broker that leads the partition; undefined until it is known. */
  leader: number | undefined;
  /** Ends the reading of this partition; every poll throws it until the partition is assigned anew. */
  failure: unknown;
  /** When the partition's topic was found missing, in a row; 0 while it is there. */
  missingSince = 0;
  #end = -1;
  #highWatermark = -1;

  constructor({ topic, partition, offset }: Position) {
    this.topic = topic;
    this.partition = partition;
    this.position = offset;
  }

  /** Takes an answer in and moves past it. Null where it says nothing new. Throws RECORD_BATCH_CORRUPT. */
  take(answer: PartitionAnswer, readCommitted: boolean): FetchedBatches | null {
    const { topic, partition } = this;
    const from = this.position;
    const all = readBatches(answer.records, { topic, partition, decompress: unpack });
    const filter = readCommitted ? new AbortedFilter(answer.aborted) : null;
    const batches = all.filter((batch) => (filter === null ? !batch.control : filter.lets(batch)));
    const last = all.at(-1);
    if (last !== undefined) this.position = Math.max(from, last.lastOffset + 1);
    const end = readCommitted ? answer.lastStableOffset : answer.highWatermark;
    const isNews = this.position !== from || end !== this.#end || answer.highWatermark !== this.#highWatermark;
    this.#end = end;
    this.#highWatermark = answer.highWatermark;
    const { position } = this;
    return isNews ? { cursor: this, from, batches, position, end, highWatermark: answer.highWatermark } : null;
  }
}

/** One partition's part of an answer, its records not yet taken apart. */
export interface FetchedBatches {
  readonly cursor: PartitionCursor;
  /** A batch may begin before it. */
  readonly from: number;
  readonly batches: readonly RecordBatch[];
  readonly position: number;
  readonly end: number;
  readonly highWatermark: number;
}

export function recordsOf({ cursor, from, batches, position, end, highWatermark }: FetchedBatches): FetchedPartition {
  const records: FetchedRecord[] = [];
  for (const batch of batches) batch.readInto(records, from);
  return { topic: cursor.topic, partition: cursor.partition, records, position, end, highWatermark };
}
