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
  readonly #sizes: Statement<[number], { clean: number; dirty: number }>;
  readonly #update: Statement<[Buffer, number, number, number]>;
  readonly #drop: Statement<[number]>;
  readonly #setCleaned: Statement<[number, number, number, number]>;

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
    this.#sizes = file.prepare('SELECT clean_bytes AS clean, dirty_bytes AS dirty FROM partitions WHERE id = ?');
    this.#update = file.prepare('UPDATE batches SET bytes = ?, cleaned_at = ?, tombstones = ? WHERE id = ?');
    this.#drop = file.prepare('DELETE FROM batches WHERE id = ?');
    this.#setCleaned = file.prepare(
      'UPDATE partitions SET cleaned_to = ?, clean_bytes = ?, dirty_bytes = max(0, dirty_bytes - ?) WHERE id = ?',
    );
  }

  /** At least half of the partition is new, which is also Kafka's measure. */
  isWorthwhile({ id }: { id: number }): boolean {
    const { clean, dirty } = this.#sizes.get(id) ?? { clean: 0, dirty: 0 };
    return dirty >= clean;
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
      const round: Round = { newest: new Map(), bound: cleanedTo, now, horizon, readBytes: 0, keptBytes: 0 };
      while (round.bound < limit && round.newest.size < MAX_KEYS) {
        round.bound = file.read(() => this.#noteKeys(partition, round, limit));
        yield;
      }
      for (let at = 0; at < round.bound; ) {
        at = await file.write(() => this.#rewrite(partition, at, round));
        yield;
      }
      cleanedTo = round.bound;
      await file.write(() => this.#setCleaned.run(cleanedTo, round.keptBytes, round.readBytes, id));
    } while (cleanedTo < limit);
  }

  /** Returns the offset to go on from. */
  #noteKeys(partition: CleanablePartition, round: Round, limit: number): number {
    let bytesRead = 0;
    let next = limit;
    for (const row of this.#after.iterate(partition.id, round.bound, limit)) {
      const records: FetchedRecord[] = [];
      for (const batch of readBatches(row.bytes, partition)) batch.readInto(records, 0);
      for (const record of records) if (record.keyEnd >= 0) round.newest.set(keyText(record), record.offset);
      bytesRead += row.bytes.length;
      if (bytesRead < STEP_BYTES) continue;
      next = row.last + 1;
      break;
    }
    round.readBytes += bytesRead;
    return next;
  }

  /** Returns the offset to go on from. */
  #rewrite(partition: CleanablePartition, from: number, round: Round): number {
    let bytesRead = 0;
    const rows: BatchRow[] = [];
    for (const row of this.#after.iterate(partition.id, from, round.bound)) {
      rows.push(row);
      bytesRead += row.bytes.length;
      if (bytesRead >= STEP_BYTES) break;
    }
    for (const row of rows) this.#rewriteOne(partition, row, round);
    return bytesRead >= STEP_BYTES ? (rows.at(-1)?.last ?? round.bound) + 1 : round.bound;
  }

  #rewriteOne(partition: CleanablePartition, row: BatchRow, round: Round): void {
    const { newest, now, horizon } = round;
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
    round.keptBytes += smaller?.length ?? 0;
    if (smaller === undefined) this.#drop.run(row.id);
    else if (smaller !== row.bytes || row.cleanedAt === null) {
      this.#update.run(smaller, row.cleanedAt ?? now, tombstones, row.id);
    }
  }
}

interface Round {
  readonly newest: Map<string, number>;
  /** Batches before it are part of the round. */
  bound: number;
  readonly now: number;
  /** Tombstones of batches that were cleaned before it go. */
  readonly horizon: number;
  readBytes: number;
  keptBytes: number;
}

/** One character a byte: exact, and compact in memory. */
function keyText(record: FetchedRecord): string {
  return record.buffer.toString('latin1', record.keyStart, record.keyEnd);
}
