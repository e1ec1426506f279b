import { crc32c } from '@node-rs/crc32';
import type { TopicPartition } from '../port.ts';
import { BATCH, LENGTH_OVERHEAD } from './batch-layout.ts';
import { readBatches } from './batch-reader.ts';
import type { FetchedRecord } from './fetched-record.ts';
import { VarintCursor } from './varint.ts';

/**
 * One uncompressed batch without the records that `keep` refuses. The others keep their offsets and bytes, as Kafka's
 * compaction does it. Returns the batch itself where all stay, undefined where none does.
 */
export function filterBatch(
  batch: Buffer,
  of: TopicPartition,
  keep: (record: FetchedRecord) => boolean,
): Buffer | undefined {
  const records: FetchedRecord[] = [];
  for (const one of readBatches(batch, of)) one.readInto(records, 0);
  const kept = records.map(keep);
  const count = kept.filter(Boolean).length;
  if (count === records.length) return batch;
  return count === 0 ? undefined : rebuilt(batch, kept, count);
}

function rebuilt(batch: Buffer, kept: readonly boolean[], count: number): Buffer {
  const parts: Buffer[] = [batch.subarray(0, BATCH.records)];
  const cursor = new VarintCursor(batch, BATCH.records);
  for (const keep of kept) {
    const start = cursor.position;
    const length = cursor.next();
    cursor.position += length;
    if (keep) parts.push(batch.subarray(start, cursor.position));
  }
  const smaller = Buffer.concat(parts);
  smaller.writeInt32BE(smaller.length - LENGTH_OVERHEAD, BATCH.length);
  smaller.writeInt32BE(count, BATCH.count);
  smaller.writeUInt32BE(crc32c(smaller.subarray(BATCH.attributes)), BATCH.crc);
  return smaller;
}
