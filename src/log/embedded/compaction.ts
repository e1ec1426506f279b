import type { TopicPartition } from '../port.ts';
import { filterBatch } from '../records/batch-filter.ts';
import { readBatches } from '../records/batch-reader.ts';
import type { FetchedRecord } from '../records/fetched-record.ts';
import type { Statement } from './log-file.ts';
import type { Tables } from './tables.ts';
import type { TopicSettings } from './topic-settings.ts';

export interface CleanablePartition extends TopicPartition {
  readonly id: number;
  readonly end: number;
  readonly cleanedTo: number;
  readonly settings: TopicSettings;
}

interface BatchRow {
  readonly id: number;
  readonly base: number;
  readonly last: number;
  readonly cleanedAt: number | null;
  readonly bytes: Buffer;
}

/** Keys whose newest offset is kept in memory at a time: some hundred megabytes at the most. */
const MAX_KEYS = 1_000_000;
/** Of batches, in one step: a commit of somebody else waits for no more than that. */
const STEP_BYTES = 2 * 1024 * 1024;

/**
 * Compaction as Kafka does it, in rounds:
 * 1. The part that was not cleaned yet is read, up to a bound, for the newest offset of each key.
 * 2. All batches before the bound are written anew, from the oldest on, without the records that have a newer one. A
 *    tombstone stays until `delete.retention.ms` after its batch was first cleaned: by then the records that it deletes
 *    are gone, because the same round had passed them first.
 * 3. The bound is noted.
 * Records keep their offsets; the newest one of a key is never removed, unless it is such a tombstone. A step is one
 * write transaction over whole batches that only ever drops what is obsolete for good, so a crash between two steps, an
 * append, or another process that cleans too does no harm.
 */
export class Compaction {
  readonly #tables: Tables;
  readonly #after: Statement<[number, number, number], BatchRow>;
  readonly #firstYoung: Statement<[number, number], number>;
  readonly #dueTombstone: Statement<[number, number], number>;
  readonly #sizes: Statement<[number], { dirty: number | null; total: number | null }>;
  readonly #update: Statement<[Buffer, number, number, number]>;
  readonly #drop: Statement<[number]>;
  readonly #setCleaned: Statement<[number, number]>;

  constructor(tables: Tables) {
    const { file } = tables;
    this.#tables = tables;
    this.#after = file.prepare(
      `SELECT id, base_offset AS base, last_offset AS last, cleaned_at AS cleanedAt, bytes FROM batches
       WHERE partition_id = ? AND base_offset >= ? AND base_offset < ? ORDER BY base_offset`,
    );
    this.#firstYoung = file
      .prepare<[number, number], number>(
        'SELECT base_offset FROM batches WHERE partition_id = ? AND max_timestamp > ? ORDER BY base_offset LIMIT 1',
      )
      .pluck();
    this.#dueTombstone = file
      .prepare<[number, number], number>(
        'SELECT 1 FROM batches WHERE partition_id = ? AND tombstones > 0 AND cleaned_at <= ? LIMIT 1',
      )
      .pluck();
    this.#sizes = file.prepare(
      `SELECT sum(length(bytes)) FILTER (WHERE cleaned_at IS NULL) AS dirty, sum(length(bytes)) AS total
       FROM batches WHERE partition_id = ?`,
    );
    this.#update = file.prepare('UPDATE batches SET bytes = ?, cleaned_at = ?, tombstones = ? WHERE id = ?');
    this.#drop = file.prepare('DELETE FROM batches WHERE id = ?');
    this.#setCleaned = file.prepare('UPDATE partitions SET cleaned_to = ? WHERE id = ?');
  }

  /** At least half of the partition is new, which is also Kafka's measure. */
  isWorthwhile({ id }: { id: number }): boolean {
    const { dirty, total } = this.#sizes.get(id) ?? { dirty: 0, total: 0 };
    return (dirty ?? 0) * 2 >= (total ?? 0);
  }

  /** Yields after each step, so that others get their turn. */
  async *run(partition: CleanablePartition): AsyncGenerator<void> {
    const { file } = this.#tables;
    const { id, end, settings } = partition;
    const now = Date.now();
    const horizon = now - settings.deleteRetentionMs;
    const young = file.read(() => this.#firstYoung.get(id, now - settings.minCompactionLagMs));
    const limit = settings.minCompactionLagMs > 0 ? (young ?? end) : end;
    const due = file.read(() => this.#dueTombstone.get(id, horizon) !== undefined);
    let cleanedTo = Math.min(partition.cleanedTo, limit);
    if (cleanedTo === limit && !due) return;
    do {
      const newest = new Map<string, number>();
      let bound = cleanedTo;
      while (bound < limit && newest.size < MAX_KEYS) {
        bound = file.read(() => this.#noteKeys(partition, bound, limit, newest));
        yield;
      }
      for (let at = 0; at < bound; ) {
        at = await file.write(() => this.#rewrite(partition, at, bound, { newest, now, horizon }));
        yield;
      }
      cleanedTo = bound;
      await file.write(() => this.#setCleaned.run(cleanedTo, id));
    } while (cleanedTo < limit);
  }

  /** Returns the offset to go on from. */
  #noteKeys(partition: CleanablePartition, from: number, limit: number, newest: Map<string, number>): number {
    let bytesRead = 0;
    for (const row of this.#after.iterate(partition.id, from, limit)) {
      const records: FetchedRecord[] = [];
      for (const batch of readBatches(row.bytes, partition)) batch.readInto(records, 0);
      for (const record of records) if (record.keyEnd >= 0) newest.set(keyText(record), record.offset);
      bytesRead += row.bytes.length;
      if (bytesRead >= STEP_BYTES) return row.last + 1;
    }
    return limit;
  }

  /** Returns the offset to go on from. */
  #rewrite(partition: CleanablePartition, from: number, bound: number, round: Round): number {
    let bytesRead = 0;
    const rows: BatchRow[] = [];
    for (const row of this.#after.iterate(partition.id, from, bound)) {
      rows.push(row);
      bytesRead += row.bytes.length;
      if (bytesRead >= STEP_BYTES) break;
    }
    for (const row of rows) this.#rewriteOne(partition, row, round);
    return bytesRead >= STEP_BYTES ? (rows.at(-1)?.last ?? bound) + 1 : bound;
  }

  #rewriteOne(partition: CleanablePartition, row: BatchRow, { newest, now, horizon }: Round): void {
    const tombstonesDue = row.cleanedAt !== null && row.cleanedAt <= horizon;
    let tombstones = 0;
    const smaller = filterBatch(row.bytes, partition, (record) => {
      // Kafka takes no records without a key here; this log does, and keeps them.
      if (record.keyEnd < 0) return true;
      if ((newest.get(keyText(record)) ?? -1) > record.offset) return false;
      if (record.valueEnd >= 0) return true;
      if (!tombstonesDue) tombstones++;
      return !tombstonesDue;
    });
    if (smaller === undefined) this.#drop.run(row.id);
    else if (smaller !== row.bytes || row.cleanedAt === null) {
      this.#update.run(smaller, row.cleanedAt ?? now, tombstones, row.id);
    }
  }
}

interface Round {
  readonly newest: ReadonlyMap<string, number>;
  readonly now: number;
  /** Tombstones of batches that were cleaned before it go. */
  readonly horizon: number;
}

/** One character a byte: exact, and compact in memory. */
function keyText(record: FetchedRecord): string {
  return record.buffer.toString('latin1', record.keyStart, record.keyEnd);
}
