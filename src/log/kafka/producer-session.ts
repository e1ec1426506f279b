import { initProducerIdV5, offsetCommitV9 } from '@platformatic/kafka';
import { failure } from '../../errors.ts';
import type { GroupOffsets } from '../port.ts';
import { brokerErrors } from './broker-error.ts';
import { byTopic } from './by-topic.ts';
import type { Cluster } from './cluster.ts';
import { endTxnV5, type ProducerIdentity, txnOffsetCommitV5 } from './transaction-api.ts';

export const NO_IDENTITY: ProducerIdentity = { producerId: -1n, producerEpoch: -1 };

export interface SessionOptions {
  readonly cluster: Cluster;
  readonly transactionalId: string | null;
  readonly transactionTimeoutMs: number;
}

/** The coordinators' side of a producer: who it is, its offsets, the end of its transactions. */
export class ProducerSession {
  readonly #options: SessionOptions;
  readonly #lane: string;
  identity = NO_IDENTITY;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#lane = options.cluster.newLane('transaction');
  }

  /**
   * Asks for an identity. Without one of its own it fences all earlier producers of the id and ends their transaction;
   * with its own it only ends its own transaction, and fails if somebody newer is there.
   */
  async initialize(own: ProducerIdentity = NO_IDENTITY): Promise<void> {
    const { cluster, transactionalId, transactionTimeoutMs } = this.#options;
    const ask = initProducerIdV5.api.async;
    if (transactionalId === null) {
      this.identity = await cluster.retry('get a producer id', async () =>
        ask(await cluster.any(), null, transactionTimeoutMs),
      );
      return;
    }
    this.identity = await cluster.retryCoordinator(this.#call(`open producer ${transactionalId}`), (connection) =>
      ask(connection, transactionalId, transactionTimeoutMs, own.producerId, own.producerEpoch),
    );
  }

  /** Ends the transaction. Repeating it after a lost answer is safe: the epoch tells the transactions apart. */
  async end(isCommit: boolean): Promise<void> {
    const { cluster, transactionalId } = this.#options;
    if (transactionalId === null) return;
    const { producerId, producerEpoch } = this.identity;
    const what = `${isCommit ? 'commit' : 'abort'} the transaction of ${transactionalId}`;
    this.identity = await cluster.retryCoordinator(this.#call(what), (connection) =>
      endTxnV5.async(connection, transactionalId, producerId, producerEpoch, isCommit),
    );
  }

  /** Adds a group's offsets to the transaction; outside of one, commits them. */
  async commitOffsets({ group, member, positions }: GroupOffsets): Promise<void> {
    const { cluster, transactionalId } = this.#options;
    const topics = byTopic(positions).map(([name, members]) => ({
      name,
      partitions: members.map(({ partition, offset }) => ({
        partitionIndex: partition,
        committedOffset: BigInt(offset),
        committedLeaderEpoch: -1,
        committedMetadata: '',
      })),
    }));
    const epoch = member?.epoch ?? -1;
    const memberId = member?.memberId ?? '';
    const { producerId, producerEpoch } = this.identity;
    const call = { type: 'group', key: group, lane: this.#lane, what: `commit the offsets of ${group}` } as const;
    await cluster.retryCoordinator(call, async (connection) => {
      if (transactionalId === null) await offsetCommitV9.api.async(connection, group, epoch, memberId, null, topics);
      else {
        const who = [transactionalId, group, producerId, producerEpoch, epoch, memberId, null] as const;
        await txnOffsetCommitV5.async(connection, ...who, topics);
      }
    });
  }

  /**
   * What a fencing error means. A member's error names the member. A producer's may only say that the broker aborted a
   * transaction that was open too long: then the own identity is still accepted, and renewed.
   */
  async explain(error: unknown, offsets: GroupOffsets | undefined): Promise<{ error: unknown; isFenced: boolean }> {
    const { transactionalId, transactionTimeoutMs } = this.#options;
    const reason = fencingId(error);
    if (reason === undefined) return { error, isFenced: false };
    if (!PRODUCER_ERRORS.has(reason)) {
      const who = `Member ${offsets?.member?.memberId} (epoch ${offsets?.member?.epoch}) of group ${offsets?.group}`;
      return { error: failure('FENCED', { who, reason }, error), isFenced: false };
    }
    try {
      await this.initialize(this.identity);
      const timedOut = { transactionalId, timeoutMs: transactionTimeoutMs };
      return { error: failure('TRANSACTION_TIMED_OUT', timedOut, error), isFenced: false };
    } catch (again) {
      const isFenced = fencingId(again) !== undefined;
      return isFenced ? { error: this.fencedError(reason, error), isFenced } : { error: again, isFenced };
    }
  }

  fencedError(reason: string, cause: unknown): Error {
    return failure('FENCED', { who: `Producer ${this.#options.transactionalId}`, reason }, cause);
  }

  close(): Promise<void> {
    return this.#options.cluster.connections.release(this.#lane);
  }

  #call(what: string): { type: 'transaction'; key: string; lane: string; what: string } {
    return { type: 'transaction', key: this.#options.transactionalId ?? '', lane: this.#lane, what };
  }
}

const PRODUCER_ERRORS = new Set(['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH']);
const MEMBER_ERRORS = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'STALE_MEMBER_EPOCH', 'FENCED_MEMBER_EPOCH']);

/** Kafka's name of the fencing in an error or its causes. */
export function fencingId(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const found = brokerErrors(at).find(({ id }) => PRODUCER_ERRORS.has(id) || MEMBER_ERRORS.has(id));
    if (found !== undefined) return found.id;
  }
  return undefined;
}
