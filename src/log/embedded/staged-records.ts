import type { OutgoingRecord, Position, TopicPartition } from '../port.ts';
import { BatchBuilder } from '../records/batch-builder.ts';
import { requireFits } from '../records/record-size.ts';
import type { Batches } from './batches.ts';

/** A batch is read as a whole, so it stays well below what a fetch asks for. */
const BATCH_BYTES = 128 * 1024;

interface Staged extends TopicPartition {
  readonly builder: BatchBuilder;
  readonly limit: number;
  full: Buffer[];
}

/** The records of a transaction that has not ended: in memory, in batches, by partition. */
export class StagedRecords {
  readonly #topics = new Map<string, (Staged | undefined)[]>();
  readonly #limitOf: (topic: string) => number;
  #bytes = 0;

  /** `limitOf` says how large a record each topic takes. */
  constructor(limitOf: (topic: string) => number) {
    this.#limitOf = limitOf;
  }

  /** Throws RECORD_TOO_LARGE. */
  append(topic: string, partition: number, record: OutgoingRecord): void {
    const staged = this.#topics.get(topic)?.[partition] ?? this.#add(topic, partition);
    if (staged.limit < Number.POSITIVE_INFINITY) requireFits(topic, record, staged.limit);
    const before = staged.builder.bytes;
    staged.builder.append(record);
    this.#bytes += staged.builder.bytes - before;
    if (staged.builder.bytes >= BATCH_BYTES) finish(staged);
  }

  /** Of the records, without the batches' headers. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Writes everything, inside a write transaction. May be called again where that was rolled back. */
  writeTo(batches: Batches): Position[] {
    const positions: Position[] = [];
    for (const staged of this.#all()) {
      finish(staged);
      if (staged.full.length === 0) continue;
      const { topic, partition } = staged;
      positions.push({ topic, partition, offset: batches.append(staged, staged.full) });
    }
    return positions;
  }

  /** Forgets the records; the memory of the builders stays for the next ones. */
  clear(): void {
    this.#bytes = 0;
    for (const staged of this.#all()) {
      staged.full = [];
      staged.builder.reset();
    }
  }

  #add(topic: string, partition: number): Staged {
    const staged: Staged = { topic, partition, builder: new BatchBuilder(), limit: this.#limitOf(topic), full: [] };
    const partitions = this.#topics.get(topic) ?? [];
    this.#topics.set(topic, partitions);
    partitions[partition] = staged;
    return staged;
  }

  *#all(): IterableIterator<Staged> {
    for (const partitions of this.#topics.values()) {
      for (const staged of partitions) if (staged !== undefined) yield staged;
    }
  }
}

function finish(staged: Staged): void {
  if (staged.builder.records === 0) return;
  staged.full.push(staged.builder.finish());
  staged.builder.reset();
}
