import type { FetchedPartition } from '../../log/port.ts';
import { type FetchedRecord, keyBytes } from '../../log/records/fetched-record.ts';
import { asFetched, type CapturedRecord } from '../captured-log.ts';

/** A record whose bytes nobody changes any more. */
export type StoredRecord = Omit<CapturedRecord, 'offset'>;

/** What the log of a partition has to know of a transaction. */
export interface Outcome {
  readonly isCommitted: boolean | undefined;
}

interface Stored {
  /** Undefined for a control record. */
  readonly record: FetchedRecord | undefined;
  readonly transaction: Outcome | undefined;
}

export interface ReadOptions {
  readonly isolation: 'read_committed' | 'read_uncommitted';
  readonly maxRecords: number;
}

/** The records of one partition, those of open and aborted transactions and control records among them. */
export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  readonly isCompacted: boolean;
  start = 0;
  /** By offset; undefined where compaction has removed one. */
  readonly #stored: (Stored | undefined)[] = [];
  /** The first offset of each transaction that has not ended here. */
  readonly #open = new Map<Outcome, number>();

  constructor(topic: string, partition: number, isCompacted: boolean) {
    this.topic = topic;
    this.partition = partition;
    this.isCompacted = isCompacted;
  }

  get end(): number {
    return this.#stored.length;
  }

  /** One past the last record whose fate, and that of all before it, is known. */
  get stable(): number {
    return Math.min(this.end, ...this.#open.values());
  }

  append(record: StoredRecord, transaction?: Outcome): void {
    const offset = this.end;
    if (transaction !== undefined && !this.#open.has(transaction)) this.#open.set(transaction, offset);
    this.#stored.push({ record: asFetched({ ...record, offset }), transaction });
  }

  /** Writes the control record that ends a transaction here. */
  mark(transaction: Outcome): void {
    this.#open.delete(transaction);
    this.#stored.push({ record: undefined, transaction });
  }

  read(from: number, { isolation, maxRecords }: ReadOptions): FetchedPartition {
    const end = isolation === 'read_committed' ? this.stable : this.end;
    const records: FetchedRecord[] = [];
    let position = from;
    for (; position < end && records.length < maxRecords; position++) {
      const stored = this.#stored[position];
      if (stored?.record === undefined) continue;
      const isVisible = isolation === 'read_uncommitted' || stored.transaction?.isCommitted !== false;
      if (isVisible) records.push(stored.record);
    }
    const { topic, partition } = this;
    return { topic, partition, records, position, end, highWatermark: this.end };
  }

  /** All that a read_committed reader may ever see again, from the first one kept. */
  committed(): readonly FetchedRecord[] {
    return this.read(this.start, { isolation: 'read_committed', maxRecords: Number.POSITIVE_INFINITY }).records;
  }

  offsetAt(timestamp: number): number {
    const found = this.#stored.findIndex((stored) => (stored?.record?.timestamp ?? -1) >= timestamp);
    return found < 0 ? this.end : Math.max(found, this.start);
  }

  deleteBefore(offset: number): void {
    this.start = Math.max(this.start, Math.min(offset, this.stable));
  }

  /** Keeps the newest record of each key; deletions stay, so that a state file may be as old as it likes. */
  compact(): void {
    const seen = new Set<string>();
    for (let offset = this.stable - 1; offset >= this.start; offset--) {
      const stored = this.#stored[offset];
      if (stored?.record === undefined || stored.transaction?.isCommitted === false) continue;
      const key = keyBytes(stored.record)?.toString('latin1');
      if (key === undefined) continue;
      if (seen.has(key)) this.#stored[offset] = undefined;
      seen.add(key);
    }
  }
}
