import { failure } from '../../errors.ts';
import type { Position, TopicPartition } from '../port.ts';
import { BATCH, readLong, writeLong } from '../records/batch-layout.ts';
import { readBatches } from '../records/batch-reader.ts';
import type { FetchedRecord } from '../records/fetched-record.ts';
import type { LogFile, Statement } from './log-file.ts';
import type { PartitionState, Topics } from './topics.ts';

export interface Slice {
  readonly records: FetchedRecord[];
  /** The offset to read next. */
  readonly position: number;
}

/** The records of partitions. Methods that write are called inside a write transaction. */
export class Batches {
  readonly #topics: Topics;
  readonly #insert: Statement<[number, number, number, number, Buffer]>;
  readonly #setEnd: Statement<[number, number, number]>;
  readonly #setStart: Statement<[number, number]>;
  readonly #dropBefore: Statement<[number, number, number]>;
  readonly #from: Statement<[number, number, number, number], [last: number, bytes: Buffer]>;
  readonly #since: Statement<[number, number, number], [base: number, bytes: Buffer]>;

  constructor(file: LogFile, topics: Topics) {
    this.#topics = topics;
    this.#insert = file.prepare(
      'INSERT INTO batches (partition_id, base_offset, last_offset, max_timestamp, bytes) VALUES (?, ?, ?, ?, ?)',
    );
    this.#setEnd = file.prepare('UPDATE partitions SET end_offset = ?, dirty_bytes = dirty_bytes + ? WHERE id = ?');
    this.#setStart = file.prepare('UPDATE partitions SET log_start = ? WHERE id = ?');
    this.#dropBefore = file.prepare(
      'DELETE FROM batches WHERE partition_id = ? AND base_offset < ? AND last_offset < ?',
    );
    // The batch that holds the offset is the last one that begins at or before it.
    this.#from = file
      .prepare<[number, number, number, number], [number, Buffer]>(
        `SELECT last_offset, bytes FROM batches WHERE partition_id = ? AND base_offset < ? AND base_offset >= ifnull(
           (SELECT max(base_offset) FROM batches WHERE partition_id = ? AND base_offset <= ?), 0) ORDER BY base_offset`,
      )
      .raw();
    this.#since = file
      .prepare<[number, number, number], [number, Buffer]>(
        `SELECT base_offset, bytes FROM batches WHERE partition_id = ? AND max_timestamp >= ? AND last_offset >= ?
         ORDER BY base_offset LIMIT 1`,
      )
      .raw();
  }

  /** Gives the batches their offsets and adds them. Returns the offset after the last record. */
  append(to: TopicPartition, batches: readonly Buffer[]): number {
    const { id, end } = this.#topics.state(to);
    let offset = end;
    let added = 0;
    for (const bytes of batches) {
      // The checksum leaves the base offset out, so a finished batch can be given its place.
      writeLong(bytes, offset, BATCH.baseOffset);
      const last = offset + bytes.readInt32BE(BATCH.lastOffsetDelta);
      this.#insert.run(id, offset, last, readLong(bytes, BATCH.maxTimestamp), bytes);
      offset = last + 1;
      added += bytes.length;
    }
    this.#setEnd.run(offset, added, id);
    return offset;
  }

  /**
   * The records from `offset` on: at least one batch, and more while they stay within `maxBytes`. Nothing past
   * `state.end` is read, so that the answer agrees with it even while another process appends.
   */
  read(of: TopicPartition, state: PartitionState, offset: number, maxBytes: number): Slice {
    const records: FetchedRecord[] = [];
    let bytesRead = 0;
    let position = offset;
    for (const [last, bytes] of this.#from.iterate(state.id, state.end, state.id, offset)) {
      if (bytesRead > 0 && bytesRead + bytes.length > maxBytes) return { records, position };
      bytesRead += bytes.length;
      for (const batch of readBatches(bytes, of)) batch.readInto(records, offset);
      position = last + 1;
    }
    // Compaction may have removed the last records: who has read all that is left stands at the end all the same.
    return { records, position: state.end };
  }

  /** The first offset at or after the time, or the end. */
  offsetAt(of: TopicPartition, timestamp: number): number {
    const state = this.#topics.state(of);
    for (let from = state.start; from < state.end; ) {
      const found = this.#since.get(state.id, timestamp, from);
      if (found === undefined) break;
      const records: FetchedRecord[] = [];
      const [batch] = readBatches(found[1], of);
      batch?.readInto(records, from);
      const first = records.find((record) => record.timestamp >= timestamp);
      if (first !== undefined) return first.offset;
      from = (batch?.lastOffset ?? state.end) + 1;
    }
    return state.end;
  }

  /** Records before the offset are gone from then on, even those in a batch that is still needed. */
  deleteBefore({ topic, partition, offset }: Position): void {
    const { id, start, end } = this.#topics.state({ topic, partition });
    if (offset > end) throw failure('OFFSET_OUT_OF_RANGE', { topic, partition, offset, earliest: start, end });
    if (offset <= start) return;
    this.#setStart.run(offset, id);
    this.#dropBefore.run(id, offset, offset);
  }
}
