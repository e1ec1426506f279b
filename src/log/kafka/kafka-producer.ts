import { failure, isMillraceError } from '../../errors.ts';
import type { GroupOffsets, OutgoingRecord, Position, Producer, ProducerOptions } from '../port.ts';
import type { Cluster } from './cluster.ts';
import { EARLY_BYTES, type QueuePool } from './partition-queue.ts';
import { ProducerSession } from './producer-session.ts';
import { Sender } from './sender.ts';
import { Transaction } from './transaction.ts';

const TRANSACTION_TIMEOUT_MS = 10_000;
/** Below it `drained` lets the caller go on. */
const LOW_WATER_BYTES = 4 << 20;

/** Exactly-once with a transactional id, else idempotent. See the port for what each call means. */
export class KafkaProducer implements Producer {
  readonly #session: ProducerSession;
  readonly #sender: Sender;
  readonly #isTransactional: boolean;
  /** In transactions sequence numbers restart, else they go on. */
  readonly #sequences = new Map<string, number>();
  readonly #pool: QueuePool;
  #current: Transaction;
  #committing: Transaction | undefined;
  #commitEnds: Promise<unknown> = Promise.resolve();
  /** Of the last commit: nothing goes on before `abort`. */
  #failure: unknown;
  #fenced: unknown;

  /** Opens it: fences earlier producers of the id. */
  static async open(cluster: Cluster, options: ProducerOptions): Promise<KafkaProducer> {
    const transactionalId = options.transactionalId ?? null;
    const transactionTimeoutMs = options.transactionTimeoutMs ?? TRANSACTION_TIMEOUT_MS;
    const session = new ProducerSession({ cluster, transactionalId, transactionTimeoutMs });
    await session.initialize();
    return new KafkaProducer(
      session,
      new Sender({ cluster, transactionalId }),
      cluster.limits,
      transactionalId !== null,
    );
  }

  private constructor(
    session: ProducerSession,
    sender: Sender,
    limits: ReadonlyMap<string, number>,
    isTransactional: boolean,
  ) {
    this.#session = session;
    this.#sender = sender;
    this.#pool = { spare: [], sequences: this.#sequences, limits };
    this.#isTransactional = isTransactional;
    this.#current = this.#begin();
  }

  append(topic: string, partition: number, record: OutgoingRecord): void {
    const transaction = this.#current;
    const queue = transaction.append(topic, partition, record);
    if (transaction.pendingBytes >= EARLY_BYTES && queue.isReady(false)) this.#sender.schedule();
  }

  get isEmpty(): boolean {
    return this.#current.isEmpty;
  }

  get pendingBytes(): number {
    return this.#current.pendingBytes + (this.#committing?.pendingBytes ?? 0);
  }

  async drained(): Promise<void> {
    while (this.pendingBytes > LOW_WATER_BYTES && this.#failure === undefined) {
      const transaction = this.#committing ?? this.#current;
      if (transaction.failure !== undefined) return; // Comes out of `commit`.
      if (transaction === this.#current) {
        transaction.isFlushing = true;
        this.#sender.schedule();
      }
      await transaction.progress.wait();
    }
    this.#current.isFlushing = false;
  }

  async commit(offsets?: GroupOffsets): Promise<Position[]> {
    if (this.#failure !== undefined) throw this.#failure;
    const transaction = this.#current;
    const added = offsets !== undefined && offsets.positions.length > 0 ? offsets : undefined;
    if (transaction.isEmpty && added === undefined) return [];
    // Appends from here on are the next transaction's; it is sent when this one has ended.
    this.#committing = transaction;
    this.#current = new Transaction(this.#pool);
    const committed = this.#commit(transaction, added);
    this.#commitEnds = committed.catch(() => {});
    return committed;
  }

  async #commit(transaction: Transaction, offsets: GroupOffsets | undefined): Promise<Position[]> {
    try {
      await this.#write(transaction, offsets);
      if (this.#isTransactional) await this.#session.end(true);
      else this.#keepSequences(transaction);
      this.#sender.begin(this.#current, this.#session.identity);
      return transaction.positions();
    } catch (error) {
      const explained = await this.#session.explain(error, offsets);
      if (explained.isFenced) this.#fenced = explained.error;
      this.#failure = explained.error;
      throw explained.error;
    } finally {
      this.#committing = undefined;
      // Who waits for space looks again.
      transaction.progress.raise();
    }
  }

  /** All must be acknowledged before the transaction ends: a late batch could end up in the next one. */
  async #write(transaction: Transaction, offsets: GroupOffsets | undefined): Promise<void> {
    const written = this.#sender.flush(transaction);
    // Outside transactions offsets must not be ahead of the records.
    if (!this.#isTransactional) await written;
    transaction.wasSent = true;
    const results = await Promise.allSettled([written, offsets && this.#session.commitOffsets(offsets)]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async abort(): Promise<void> {
    await this.#commitEnds;
    if (this.#fenced !== undefined) throw this.#fenced;
    const dropped = this.#current;
    dropped.fail(failure('TRANSACTION_ABORTED', { reason: 'it was given up' }));
    await this.#sender.settle(dropped);
    if (dropped.wasSent || this.#failure !== undefined) await this.#reset();
    this.#failure = undefined;
    this.#current = this.#begin();
    dropped.progress.raise();
  }

  async #reset(): Promise<void> {
    if (!this.#isTransactional) {
      this.#sequences.clear();
      return this.#session.initialize();
    }
    try {
      await this.#session.abort();
    } catch (error) {
      this.#failure = error;
      if (isMillraceError(error, 'FENCED')) this.#fenced = error;
      throw error;
    }
  }

  async close(): Promise<void> {
    try {
      await this.abort();
    } catch {
      // Fenced, or the broker is away: it ends the transaction itself, after its time-out.
    }
    this.#failure ??= failure('PRODUCER_CLOSED');
    await Promise.all([this.#sender.close(), this.#session.close()]);
  }

  #begin(): Transaction {
    const transaction = new Transaction(this.#pool);
    this.#sender.begin(transaction, this.#session.identity);
    return transaction;
  }

  #keepSequences(transaction: Transaction): void {
    for (const { topic, partition, nextSequence } of transaction.queues) {
      if (nextSequence !== null) this.#sequences.set(`${topic}/${partition}`, nextSequence);
    }
  }
}
