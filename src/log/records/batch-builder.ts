import { crc32c } from '@node-rs/crc32';
import type { Headers, OutgoingRecord } from '../port.ts';
import { ATTRIBUTES, BATCH, LENGTH_OVERHEAD, writeLong } from './batch-layout.ts';
import { fieldSize, headersSize } from './record-size.ts';
import { varintSize, writeVarint } from './varint.ts';

/** What the header of a batch says about its producer. The defaults are those of a producer without idempotence. */
export interface BatchStamp {
  readonly producerId?: bigint;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly transactional?: boolean;
  readonly baseOffset?: number;
}

const FIRST_CAPACITY = 4096;
/** Below it a loop beats the call into `set`. */
const LOOP_COPY = 24;

/**
 * Builds one record batch (format 2, uncompressed) in a growing buffer. Keys, values and headers are copied, so their
 * memory can be used again at once.
 */
export class BatchBuilder {
  #buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  #end: number = BATCH.records;
  #count = 0;
  #baseTimestamp = 0;
  #maxTimestamp = 0;

  get records(): number {
    return this.#count;
  }

  /** Size of the batch if it were finished now. */
  get bytes(): number {
    return this.#end;
  }

  append(record: OutgoingRecord): void {
    const { key, value, timestamp, headers } = record;
    if (this.#count === 0) this.#baseTimestamp = this.#maxTimestamp = timestamp;
    else if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    const delta = timestamp - this.#baseTimestamp;
    // One byte of attributes, and one where there are no headers: their count.
    const body =
      1 + varintSize(delta) + varintSize(this.#count) + fieldSize(key) + fieldSize(value) + headersSize(headers);
    const buffer = this.#reserve(body + 5);
    let at = writeVarint(buffer, body, this.#end);
    buffer[at++] = 0;
    at = writeVarint(buffer, delta, at);
    at = writeVarint(buffer, this.#count, at);
    at = writeField(buffer, key, at);
    at = writeField(buffer, value, at);
    this.#end = writeHeaders(buffer, headers, at);
    this.#count++;
  }

  /** The whole batch, in memory of its own. The builder is left as it is: further records may follow. */
  finish(stamp: BatchStamp = {}): Buffer {
    const { producerId = -1n, producerEpoch = -1, baseSequence = -1, transactional = false, baseOffset = 0 } = stamp;
    const batch = Buffer.allocUnsafeSlow(this.#end);
    this.#buffer.copy(batch, BATCH.records, BATCH.records, this.#end);
    writeLong(batch, baseOffset, BATCH.baseOffset);
    batch.writeInt32BE(this.#end - LENGTH_OVERHEAD, BATCH.length);
    batch.writeInt32BE(-1, BATCH.leaderEpoch);
    batch.writeInt8(2, BATCH.magic);
    batch.writeInt16BE(transactional ? ATTRIBUTES.transactional : 0, BATCH.attributes);
    batch.writeInt32BE(Math.max(0, this.#count - 1), BATCH.lastOffsetDelta);
    writeLong(batch, this.#baseTimestamp, BATCH.baseTimestamp);
    writeLong(batch, this.#maxTimestamp, BATCH.maxTimestamp);
    batch.writeBigInt64BE(producerId, BATCH.producerId);
    batch.writeInt16BE(producerEpoch, BATCH.producerEpoch);
    batch.writeInt32BE(baseSequence, BATCH.baseSequence);
    batch.writeInt32BE(this.#count, BATCH.count);
    batch.writeUInt32BE(crc32c(batch.subarray(BATCH.attributes)), BATCH.crc);
    return batch;
  }

  /** Empties it; the memory is kept for the next batch. */
  reset(): void {
    this.#end = BATCH.records;
    this.#count = 0;
  }

  #reserve(bytes: number): Buffer {
    const needed = this.#end + bytes;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.#end);
      this.#buffer = larger;
    }
    return this.#buffer;
  }
}

function writeField(buffer: Buffer, bytes: Uint8Array | null, at: number): number {
  if (bytes === null) return writeVarint(buffer, -1, at);
  const { length } = bytes;
  const start = writeVarint(buffer, length, at);
  if (length > LOOP_COPY) buffer.set(bytes, start);
  else for (let index = 0; index < length; index++) buffer[start + index] = bytes[index] ?? 0;
  return start + length;
}

function writeHeaders(buffer: Buffer, headers: Headers, at: number): number {
  let position = writeVarint(buffer, headers.length, at);
  for (const [name, value] of headers) {
    position = writeVarint(buffer, Buffer.byteLength(name), position);
    position += buffer.write(name, position);
    position = writeField(buffer, value, position);
  }
  return position;
}
