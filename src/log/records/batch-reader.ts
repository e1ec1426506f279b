import { crc32c } from '@node-rs/crc32';
import { failure } from '../../errors.ts';
import type { TopicPartition } from '../port.ts';
import { BATCH, LENGTH_OVERHEAD, readLong } from './batch-layout.ts';
import type { Decompressor } from './decompress.ts';
import { RecordBatch } from './record-batch.ts';

/** Where batches come from: named in errors, and what can unpack their codecs. */
export interface BatchSource extends TopicPartition {
  readonly decompress?: Decompressor;
}

/**
 * The whole batches of a buffer, in order. A batch that the end of the buffer cuts off is left out, as a broker cuts
 * its answers by size. Throws RECORD_BATCH_CORRUPT for another format or a wrong checksum.
 */
export function readBatches(buffer: Buffer, source: BatchSource): RecordBatch[] {
  const batches: RecordBatch[] = [];
  let start = 0;
  while (start + BATCH.records <= buffer.length) {
    const end = start + LENGTH_OVERHEAD + buffer.readInt32BE(start + BATCH.length);
    const magic = buffer.readInt8(start + BATCH.magic);
    if (magic !== 2) throw corrupt(buffer, start, source, `its format is ${magic}, not 2`);
    if (end < start + BATCH.records) throw corrupt(buffer, start, source, `its length is ${end - start}`);
    if (end > buffer.length) break;
    checkSum(buffer, start, end, source);
    batches.push(new RecordBatch(buffer, start, end, source));
    start = end;
  }
  return batches;
}

function checkSum(buffer: Buffer, start: number, end: number, source: BatchSource): void {
  const found = crc32c(buffer.subarray(start + BATCH.attributes, end));
  const stored = buffer.readUInt32BE(start + BATCH.crc);
  if (found !== stored) throw corrupt(buffer, start, source, `checksum ${found} instead of ${stored}`);
}

function corrupt(buffer: Buffer, start: number, { topic, partition }: BatchSource, reason: string): Error {
  return failure('RECORD_BATCH_CORRUPT', { topic, partition, offset: readLong(buffer, start), reason });
}
