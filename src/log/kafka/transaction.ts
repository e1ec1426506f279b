import type { OutgoingRecord, Position } from '../port.ts';
import { PartitionQueue, type QueuePool } from './partition-queue.ts';
import { Signal } from './signal.ts';

/** What is appended between two commits, in its partitions. */
export class Transaction {
  readonly #pool: QueuePool;
  readonly #topics = new Map<string, PartitionQueue[]>();
  readonly queues: PartitionQueue[] = [];
  /** Everything is to be sent now, small batches too. */
  isFlushing = false;
  /** Something of it may have reached the broker. */
  wasSent = false;
  /** Requests under way. */
  requests = 0;
  /** Bytes appended and not acknowledged. */
  pendingBytes = 0;
  failure: unknown;
  readonly progress = new Signal();

  constructor(pool: QueuePool) {
    this.#pool = pool;
  }

  /** The queue that took the record. Throws RECORD_TOO_LARGE. */
  append(topic: string, partition: number, record: OutgoingRecord): PartitionQueue {
    const queue = this.#topics.get(topic)?.[partition] ?? this.#add(topic, partition);
    this.pendingBytes += queue.append(record);
    return queue;
  }

  get isEmpty(): boolean {
    return this.queues.every(({ isUnused }) => isUnused);
  }

  /** Nothing is left to send, or nothing more will be sent. */
  get isSettled(): boolean {
    return this.requests === 0 && (this.failure !== undefined || this.queues.every(({ isEmpty }) => isEmpty));
  }

  fail(error: unknown): void {
    this.failure ??= error;
  }

  positions(): Position[] {
    const written = this.queues.filter(({ isUnused }) => !isUnused);
    return written.map(({ topic, partition, end }) => ({ topic, partition, offset: end }));
  }

  #add(topic: string, partition: number): PartitionQueue {
    const queue = new PartitionQueue(topic, partition, this.#pool);
    const queues = this.#topics.get(topic);
    if (queues === undefined) {
      const added: PartitionQueue[] = [];
      added[partition] = queue;
      this.#topics.set(topic, added);
    } else {
      queues[partition] = queue;
    }
    this.queues.push(queue);
    return queue;
  }
}
