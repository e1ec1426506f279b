import type { OutgoingRecord } from '../port.ts';
import { BatchBuilder } from '../records/batch-builder.ts';
import { BATCH } from '../records/batch-layout.ts';
import { mostBytes, requireFits } from '../records/record-size.ts';

/** Kafka's default for the largest batch is 1 MiB; the rest is headroom for one more record. */
export const MAX_BATCH_BYTES = 900_000;
/** A batch this full is sent before the commit asks for it. */
export const EARLY_BYTES = 256 << 10;

/** A batch on its way: kept until it is acknowledged, to be sent again with the same sequence numbers. */
export interface SentBatch {
  readonly records: Buffer;
  readonly count: number;
}

export interface QueuePool {
  /** Empty builders. */
  readonly spare: BatchBuilder[];
  /** Where each `topic/partition` goes on; empty where numbers restart with every transaction. */
  readonly sequences: ReadonlyMap<string, number>;
  /** How large a batch each topic takes, as far as that is known. */
  readonly limits: ReadonlyMap<string, number>;
}

/**
 * What one transaction writes to one partition. One batch at a time is under way: sequence numbers then never have
 * gaps, whatever fails, and with batches of up to 900 kB that costs no throughput.
 */
export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  #open: BatchBuilder;
  readonly #full: BatchBuilder[] = [];
  readonly #spare: BatchBuilder[];
  /** Under way, or waiting to be sent again. */
  inFlight: SentBatch | null = null;
  /** The batch in flight has to be sent again. */
  isResend = false;
  attempts = 0;
  /** When the batch in flight failed for the first time. */
  failingSince = 0;
  /** Null until the first batch is taken: only then the transaction before has told its last numbers. */
  nextSequence: number | null = null;
  readonly #sequences: ReadonlyMap<string, number>;
  readonly #limit: number;
  /** One past the last acknowledged record; -1 before the first. */
  end = -1;

  /** `pool` is shared by all queues of a producer. */
  constructor(topic: string, partition: number, { spare, sequences, limits }: QueuePool) {
    this.topic = topic;
    this.partition = partition;
    this.#sequences = sequences;
    this.#limit = limits.get(topic) ?? Number.POSITIVE_INFINITY;
    this.#spare = spare;
    this.#open = spare.pop() ?? new BatchBuilder();
  }

  /** Returns by how many bytes the queue has grown. Throws RECORD_TOO_LARGE. */
  append(record: OutgoingRecord): number {
    const size = mostBytes(record);
    // Nearly all are far from it, and of these it is seen at once.
    if (size + BATCH.records > this.#limit) requireFits(this.topic, record, this.#limit);
    if (this.#open.records > 0 && this.#open.bytes + size > Math.min(MAX_BATCH_BYTES, this.#limit)) {
      this.#full.push(this.#open);
      this.#open = this.#spare.pop() ?? new BatchBuilder();
    }
    const before = this.#open.records === 0 ? 0 : this.#open.bytes;
    this.#open.append(record);
    return this.#open.bytes - before;
  }

  /** Nothing was ever appended: a record that was refused opens a queue too. */
  get isUnused(): boolean {
    return this.isEmpty && this.end < 0;
  }

  get isEmpty(): boolean {
    return this.inFlight === null && this.#full.length === 0 && this.#open.records === 0;
  }

  /** True if there is a batch to send now; with `all`, a small one too. */
  isReady(all: boolean): boolean {
    if (this.inFlight !== null) return this.isResend;
    return this.#full.length > 0 || this.#open.bytes >= EARLY_BYTES || (all && this.#open.records > 0);
  }

  /** The next batch, stamped. It stays in flight until `acknowledge`. */
  take(stamp: { producerId: bigint; producerEpoch: number; transactional: boolean }): SentBatch {
    if (this.inFlight !== null) {
      this.isResend = false;
      return this.inFlight;
    }
    const builder = this.#full.shift() ?? this.#open;
    if (builder === this.#open) this.#open = this.#spare.pop() ?? new BatchBuilder();
    const { producerId, producerEpoch, transactional } = stamp;
    const baseSequence = this.nextSequence ?? this.#sequences.get(`${this.topic}/${this.partition}`) ?? 0;
    const records = builder.finish({ producerId, producerEpoch, transactional, baseSequence });
    this.inFlight = { records, count: builder.records };
    // Sequence numbers wrap around at 2^31.
    this.nextSequence = (baseSequence + builder.records) % 2 ** 31;
    builder.reset();
    this.#spare.push(builder);
    return this.inFlight;
  }

  /** Returns the bytes that are no longer pending. */
  acknowledge(baseOffset: number): number {
    const { inFlight } = this;
    if (inFlight === null) return 0;
    this.end = baseOffset + inFlight.count;
    this.inFlight = null;
    this.attempts = 0;
    return inFlight.records.length;
  }
}
