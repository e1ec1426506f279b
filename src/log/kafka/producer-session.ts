import { initProducerIdV5, offsetCommitV9 } from '@platformatic/kafka';
import { failure, isMillraceError } from '../../errors.ts';
import type { GroupOffsets } from '../port.ts';
import { brokerErrors } from './broker-error.ts';
import { byTopic } from './by-topic.ts';
import type { Cluster } from './cluster.ts';
import { metadataOf } from './offset-metadata.ts';
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
   * Asks for an identity: fences all earlier producers of the id and ends their transaction. Never with the identity that
   * one already has: the broker then answers a fenced producer with PRODUCER_FENCED, but aborts the newer one's
   * transaction all the same (seen on 4.4.0).
   */
  async initialize(): Promise<void> {
    const { cluster, transactionalId, transactionTimeoutMs } = this.#options;
    const { producerId, producerEpoch } = NO_IDENTITY;
    const ask = initProducerIdV5.api.async;
    if (transactionalId === null) {
      const call = async (): Promise<ProducerIdentity> => ask(await cluster.any(), null, transactionTimeoutMs);
      this.identity = await cluster.retry('get a producer id', call);
      return;
    }
    this.identity = await cluster.retryCoordinator(this.#call(`open producer ${transactionalId}`), (connection) =>
      ask(connection, transactionalId, transactionTimeoutMs, producerId, producerEpoch),
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
      partitions: members.map(({ partition, offset, time }) => ({
        partitionIndex: partition,
        committedOffset: BigInt(offset),
        committedLeaderEpoch: -1,
        committedMetadata: metadataOf(time),
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
   * What an error of a commit means. A member's error names the member. A producer's may only say that the broker aborted
   * a transaction that was open too long: then the broker still takes the abort of this identity, and renews it.
   */
  async explain(error: unknown, offsets: GroupOffsets | undefined): Promise<{ error: unknown; isFenced: boolean }> {
    const { transactionalId, transactionTimeoutMs } = this.#options;
    const reason = idIn(error, PRODUCER_ERRORS);
    const member = idIn(error, MEMBER_ERRORS);
    if (member !== undefined) {
      const who = `Member ${offsets?.member?.memberId} (epoch ${offsets?.member?.epoch}) of group ${offsets?.group}`;
      return { error: failure('FENCED', { who, reason: member }, error), isFenced: false };
    }
    if (reason === undefined || transactionalId === null) return { error, isFenced: false };
    try {
      await this.abort();
      const timedOut = { transactionalId, timeoutMs: transactionTimeoutMs };
      return { error: failure('TRANSACTION_TIMED_OUT', timedOut, error), isFenced: false };
    } catch (again) {
      return { error: again, isFenced: isMillraceError(again, 'FENCED') };
    }
  }

  /** Ends the transaction without its work. Throws FENCED where only opening a new producer can help. */
  async abort(): Promise<void> {
    try {
      await this.end(false);
    } catch (error) {
      const reason = idIn(error, PRODUCER_ERRORS);
      if (reason === undefined) throw error;
      throw failure('FENCED', { who: `Producer ${this.#options.transactionalId}`, reason }, error);
    }
  }

  close(): Promise<void> {
    return this.#options.cluster.connections.release(this.#lane);
  }

  #call(what: string): { type: 'transaction'; key: string; lane: string; what: string } {
    return { type: 'transaction', key: this.#options.transactionalId ?? '', lane: this.#lane, what };
  }
}

/** The last one: the broker has ended this transaction already, by its time-out or for a newer producer. */
const PRODUCER_ERRORS = new Set(['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH', 'INVALID_TXN_STATE']);
const MEMBER_ERRORS = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'STALE_MEMBER_EPOCH', 'FENCED_MEMBER_EPOCH']);

/** The first of these errors in an error or its causes. */
function idIn(error: unknown, ids: ReadonlySet<string>): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const found = brokerErrors(at).find(({ id }) => ids.has(id));
    if (found !== undefined) return found.id;
  }
  return undefined;
}
