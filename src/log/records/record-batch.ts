import { failure } from '../../errors.ts';
import { ATTRIBUTES, BATCH, CODECS, type Codec, readLong } from './batch-layout.ts';
import type { BatchSource } from './batch-reader.ts';
import { BatchRecord } from './batch-record.ts';
import { decompress } from './decompress.ts';
import type { FetchedRecord } from './fetched-record.ts';
import { VarintCursor } from './varint.ts';

/** A whole batch in a fetched buffer: its header, and its records when asked for. */
export class RecordBatch {
  readonly #buffer: Buffer;
  readonly #start: number;
  readonly #end: number;
  readonly #source: BatchSource;
  readonly #attributes: number;
  readonly baseOffset: number;
  /** Of the batch, even where compaction has removed the last records. */
  readonly lastOffset: number;

  /** `start` and `end` are the batch's range in the buffer. */
  constructor(buffer: Buffer, start: number, end: number, source: BatchSource) {
    this.#buffer = buffer;
    this.#start = start;
    this.#end = end;
    this.#source = source;
    this.#attributes = buffer.readInt16BE(start + BATCH.attributes);
    this.baseOffset = readLong(buffer, start + BATCH.baseOffset);
    this.lastOffset = this.baseOffset + buffer.readInt32BE(start + BATCH.lastOffsetDelta);
  }

  get bytes(): number {
    return this.#end - this.#start;
  }

  get transactional(): boolean {
    return (this.#attributes & ATTRIBUTES.transactional) !== 0;
  }

  /** Holds the marker of a transaction's end, not records of a user. */
  get control(): boolean {
    return (this.#attributes & ATTRIBUTES.control) !== 0;
  }

  get compression(): Codec {
    const codec = CODECS[this.#attributes & ATTRIBUTES.compression];
    if (codec === undefined) throw this.#corrupt(`compression ${this.#attributes & ATTRIBUTES.compression} is unknown`);
    return codec;
  }

  get logAppendTime(): boolean {
    return (this.#attributes & ATTRIBUTES.logAppendTime) !== 0;
  }

  get producerId(): bigint {
    return this.#buffer.readBigInt64BE(this.#start + BATCH.producerId);
  }

  get maxTimestamp(): number {
    return readLong(this.#buffer, this.#start + BATCH.maxTimestamp);
  }

  get count(): number {
    return this.#buffer.readInt32BE(this.#start + BATCH.count);
  }

  /** How a control batch ends its transaction; undefined for other control batches. */
  get marker(): 'abort' | 'commit' | undefined {
    const records: FetchedRecord[] = [];
    this.readInto(records, 0);
    const type = records[0]?.buffer.readInt16BE(records[0].keyStart + 2);
    return type === 0 ? 'abort' : type === 1 ? 'commit' : undefined;
  }

  /** Adds the records from offset `from` on. Throws RECORD_BATCH_CORRUPT, COMPRESSION_UNSUPPORTED. */
  readInto(records: FetchedRecord[], from: number): void {
    const cursor = this.#cursor();
    const base = readLong(this.#buffer, this.#start + BATCH.baseTimestamp);
    const fixed = this.logAppendTime ? this.maxTimestamp : undefined;
    const limit = cursor.buffer === this.#buffer ? this.#end : cursor.buffer.length;
    for (let left = this.count; left > 0; left--) {
      const length = cursor.next();
      const end = cursor.position + length;
      if (length < 0 || end > limit) throw this.#corrupt(`a record of ${length} bytes passes its end`);
      cursor.position++;
      const timestamp = base + cursor.next();
      const offset = this.baseOffset + cursor.next();
      if (offset >= from) {
        records.push(new BatchRecord(offset, fixed ?? timestamp, cursor));
        if (cursor.position >= end) throw this.#corrupt('a key or value passes the end of its record');
      }
      cursor.position = end;
    }
  }

  #cursor(): VarintCursor {
    const codec = this.compression;
    const start = this.#start + BATCH.records;
    if (codec === 'none') return new VarintCursor(this.#buffer, start);
    return new VarintCursor(
      decompress(codec, this.#buffer.subarray(start, this.#end), this.#source, this.baseOffset),
      0,
    );
  }

  #corrupt(reason: string): Error {
    const { topic, partition } = this.#source;
    return failure('RECORD_BATCH_CORRUPT', { topic, partition, offset: this.baseOffset, reason });
  }
}
