import { setTimeout as delay } from 'node:timers/promises';
import { failure } from '../../errors.ts';
import { BrokerError, brokerErrors, errorId } from './broker-error.ts';
import type { Cluster } from './cluster.ts';
import type { PartitionQueue } from './partition-queue.ts';
import { type ProduceAnswer, produceV12 } from './produce-api.ts';
import { asMillraceError, backoffMs, isHopeless, type Remedy, remedyOf } from './retry.ts';
import type { Transaction } from './transaction.ts';
import type { ProducerIdentity } from './transaction-api.ts';

export interface SenderOptions {
  readonly cluster: Cluster;
  readonly transactionalId: string | null;
}

/** Of one request; a broker refuses more than 100 MB. */
const MAX_REQUEST_BYTES = 8 << 20;
const BROKER_TIMEOUT_MS = 30_000;
/** A new topic is not known everywhere at once. */
const NEW_TOPIC_MS = 3000;

/**
 * Sends the batches of the one transaction whose identity is known: the next one's wait, since its epoch comes with the
 * answer to EndTxn. Each partition has one batch under way at most; partitions of one leader share a request.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #lane: string;
  #transaction: Transaction | undefined;
  #identity: ProducerIdentity = { producerId: -1n, producerEpoch: -1 };
  #isScheduled = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#lane = options.cluster.newLane('produce');
  }

  /** From now on this transaction is sent, under this identity. */
  begin(transaction: Transaction, identity: ProducerIdentity): void {
    this.#transaction = transaction;
    this.#identity = identity;
    this.#pump();
  }

  /** Sends full batches soon; those that fill up in the same turn go together. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#pump();
    });
  }

  /** Sends everything and waits until it is acknowledged. Throws the transaction's failure. */
  async flush(transaction: Transaction): Promise<void> {
    transaction.isFlushing = true;
    this.#pump();
    await this.settle(transaction);
    if (transaction.failure !== undefined) throw transaction.failure;
  }

  /** Waits until nothing of it is under way. */
  async settle(transaction: Transaction): Promise<void> {
    while (!transaction.isSettled) await transaction.progress.wait();
  }

  close(): Promise<void> {
    return this.#options.cluster.connections.release(this.#lane);
  }

  #pump(): void {
    const transaction = this.#transaction;
    if (transaction === undefined || transaction.failure !== undefined) return;
    const ready = transaction.queues.filter((queue) => queue.isReady(transaction.isFlushing));
    if (ready.length === 0) return;
    const stamp = { ...this.#identity, transactional: this.#options.transactionalId !== null };
    for (const [leader, queues] of this.#byLeader(ready)) {
      for (const queue of queues) queue.take(stamp);
      for (const request of bySize(queues)) void this.#send(transaction, leader, request);
    }
  }

  /** Never rejects: what fails is the transaction. */
  async #send(transaction: Transaction, leader: number | undefined, queues: PartitionQueue[]): Promise<void> {
    transaction.requests++;
    transaction.wasSent = true;
    try {
      const failed = new Map<PartitionQueue, unknown>();
      await this.#request(transaction, leader, queues, failed);
      if (failed.size > 0) await this.#heal(transaction, failed);
    } catch (error) {
      transaction.fail(error);
    }
    transaction.requests--;
    this.#pump();
    transaction.progress.raise();
  }

  async #request(
    transaction: Transaction,
    leader: number | undefined,
    queues: PartitionQueue[],
    failed: Map<PartitionQueue, unknown>,
  ): Promise<void> {
    try {
      if (leader === undefined) {
        await this.#options.cluster.byLeader(queues);
        for (const queue of queues) queue.isResend = true;
        return;
      }
      const connection = await this.#options.cluster.node(leader, this.#lane);
      const batches = queues.map(({ topic, partition, inFlight }) => ({
        topic,
        partition,
        records: inFlight?.records ?? Buffer.alloc(0),
      }));
      const { transactionalId } = this.#options;
      const request = { transactionalId, timeoutMs: BROKER_TIMEOUT_MS, batches };
      this.#answered(transaction, queues, await produceV12.async(connection, request), failed);
    } catch (error) {
      for (const queue of queues) failed.set(queue, error);
    }
  }

  #answered(
    transaction: Transaction,
    queues: PartitionQueue[],
    answers: ProduceAnswer[],
    failed: Map<PartitionQueue, unknown>,
  ): void {
    for (const queue of queues) {
      const answer = answers.find(({ topic, partition }) => topic === queue.topic && partition === queue.partition);
      if (answer?.errorCode === 0) transaction.pendingBytes -= queue.acknowledge(answer.baseOffset);
      else failed.set(queue, new BrokerError('Produce', errorId(answer?.errorCode ?? -1), answer?.message ?? null));
    }
  }

  /** Makes the failed batches ready to be sent again, after a pause; throws where that is hopeless. */
  async #heal(transaction: Transaction, failed: ReadonlyMap<PartitionQueue, unknown>): Promise<void> {
    let pauseMs = 0;
    const stale = new Set<string>();
    for (const [queue, error] of failed) {
      const remedy = remedyOf(error);
      if (transaction.failure !== undefined || this.#isHopeless(queue, remedy)) throw explain(queue, error);
      pauseMs = Math.max(pauseMs, backoffMs(remedy, queue.attempts++));
      if (remedy !== 'again') stale.add(queue.topic);
    }
    await delay(pauseMs);
    // A failed look-up leaves the leader unknown: one more try finds that out.
    if (stale.size > 0) await this.#options.cluster.refresh([...stale]).catch(() => {});
    for (const queue of failed.keys()) queue.isResend = true;
  }

  #isHopeless(queue: PartitionQueue, remedy: Remedy): boolean {
    if (isHopeless(remedy) || this.#options.cluster.connections.closed) return true;
    if (queue.attempts === 0) queue.failingSince = Date.now();
    const limitMs = remedy === 'unknown-topic' ? NEW_TOPIC_MS : this.#options.cluster.retryTimeoutMs;
    return Date.now() - queue.failingSince > limitMs;
  }

  #byLeader(queues: readonly PartitionQueue[]): Map<number | undefined, PartitionQueue[]> {
    const groups = new Map<number | undefined, PartitionQueue[]>();
    for (const queue of queues) {
      const leader = this.#options.cluster.leader(queue);
      const group = groups.get(leader);
      if (group === undefined) groups.set(leader, [queue]);
      else group.push(queue);
    }
    return groups;
  }
}

function bySize(queues: readonly PartitionQueue[]): PartitionQueue[][] {
  const requests: PartitionQueue[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const queue of queues) {
    const size = queue.inFlight?.records.length ?? 0;
    bytes += size;
    if (bytes > MAX_REQUEST_BYTES) {
      requests.push([queue]);
      bytes = size;
    } else {
      requests.at(-1)?.push(queue);
    }
  }
  return requests;
}

/** The error that `commit` gives. Fencing is left as it is: only the producer can tell what it means. */
function explain({ topic, partition, inFlight }: PartitionQueue, error: unknown): unknown {
  const ids = brokerErrors(error).map(({ id }) => id);
  const bytes = inFlight?.records.length;
  if (ids.includes('MESSAGE_TOO_LARGE') || ids.includes('RECORD_LIST_TOO_LARGE')) {
    return failure('BATCH_TOO_LARGE', { topic, partition, bytes }, error);
  }
  const remedy = remedyOf(error);
  if (remedy === 'unknown-topic') return failure('TOPIC_UNKNOWN', { topic }, error);
  return remedy === 'fenced' ? error : asMillraceError(error, `write to ${topic}-${partition}`, 0);
}
