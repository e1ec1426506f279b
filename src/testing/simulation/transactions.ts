import { failure } from '../../errors.ts';
import type { GroupOffsets } from '../../log/port.ts';
import type { Outcome, PartitionLog, StoredRecord } from './partition-log.ts';
import { WAIT } from './wire.ts';

/** Who a producer is to the log. */
export interface Session {
  readonly id: string;
  epoch: number;
}

class Transaction implements Outcome {
  isCommitted: boolean | undefined;
  readonly partitions = new Set<PartitionLog>();
  readonly offsets: GroupOffsets[] = [];
}

interface Producer {
  epoch: number;
  /** The one that is open, or that has ended and whose outcome is not known everywhere yet. */
  transaction: Transaction | undefined;
  /** Of a session whose transaction was ended by its time-out. */
  expired: number;
}

export interface TransactionEffects {
  /** Runs something soon, at a moment of its own. */
  readonly soon: (run: () => void) => void;
  readonly after: (ms: number, run: () => void) => void;
  /** From now on nobody sees the group's offsets before the transaction has ended. */
  readonly hold: (offsets: GroupOffsets) => void;
  readonly release: (offsets: GroupOffsets, isCommitted: boolean) => void;
}

/**
 * The transaction coordinator, as Kafka's (protocol 2): each transaction has an epoch of its own; its outcome is decided
 * at one moment, and gets to each partition at another; before it is everywhere, the producer cannot begin the next one.
 */
export class Transactions {
  readonly #effects: TransactionEffects;
  readonly #producers = new Map<string, Producer>();
  /** Transactions whose outcome is not known everywhere. */
  #unsettled = 0;

  constructor(effects: TransactionEffects) {
    this.#effects = effects;
  }

  get isSettled(): boolean {
    return this.#unsettled === 0;
  }

  /** Fences earlier producers of the id, and ends what they have left open. */
  take(id: string): Session {
    const producer = this.#producers.get(id) ?? { epoch: -1, transaction: undefined, expired: -1 };
    this.#producers.set(id, producer);
    producer.epoch++;
    producer.expired = -1;
    this.#end(producer, false);
    return { id, epoch: producer.epoch };
  }

  /** Whether what the id's last producer has left is settled: only then the next one can begin. */
  isFree(id: string): boolean {
    return this.#producers.get(id)?.transaction === undefined;
  }

  /** Throws FENCED, TRANSACTION_TIMED_OUT. */
  check(session: Session): Producer {
    const producer = this.#producers.get(session.id);
    if (producer?.epoch === session.epoch) return producer;
    if (producer?.expired === session.epoch)
      throw failure('TRANSACTION_TIMED_OUT', { transactionalId: session.id, timeoutMs: 'the time-out' });
    const reason = `it has epoch ${session.epoch}, the log ${producer?.epoch}`;
    throw failure('FENCED', { who: `Producer ${session.id}`, reason });
  }

  write(session: Session, to: PartitionLog, { records, timeoutMs }: Write): typeof WAIT | undefined {
    const transaction = this.#begin(session, timeoutMs);
    if (transaction === WAIT) return WAIT;
    transaction.partitions.add(to);
    for (const record of records) to.append(record, transaction);
    return undefined;
  }

  addOffsets(session: Session, offsets: GroupOffsets, timeoutMs: number): typeof WAIT | undefined {
    const transaction = this.#begin(session, timeoutMs);
    if (transaction === WAIT) return WAIT;
    transaction.offsets.push(offsets);
    this.#effects.hold(offsets);
    return undefined;
  }

  /** Ends the open transaction, if there is one. From here on the session has the next epoch. */
  end(session: Session, isCommitted: boolean): number {
    const producer = this.#producers.get(session.id);
    // The abort of a transaction that timed out gives the producer its new epoch.
    if (producer !== undefined && producer.expired === session.epoch && !isCommitted) {
      producer.expired = -1;
      return producer.epoch;
    }
    const open = this.check(session);
    open.epoch++;
    this.#end(open, isCommitted);
    return open.epoch;
  }

  #begin(session: Session, timeoutMs: number): Transaction | typeof WAIT {
    const producer = this.check(session);
    const { transaction } = producer;
    if (transaction !== undefined) return transaction.isCommitted === undefined ? transaction : WAIT;
    const begun = new Transaction();
    producer.transaction = begun;
    this.#unsettled++;
    this.#effects.after(timeoutMs, () => {
      if (producer.transaction !== begun || begun.isCommitted !== undefined) return;
      producer.expired = producer.epoch++;
      this.#end(producer, false);
    });
    return begun;
  }

  #end(producer: Producer, isCommitted: boolean): void {
    const { transaction } = producer;
    if (transaction === undefined || transaction.isCommitted !== undefined) return;
    transaction.isCommitted = isCommitted;
    let left = transaction.partitions.size + transaction.offsets.length;
    const settle = (): void => {
      if (left-- > 0) return;
      producer.transaction = undefined;
      this.#unsettled--;
    };
    for (const partition of transaction.partitions)
      this.#effects.soon(() => {
        partition.mark(transaction);
        settle();
      });
    for (const offsets of transaction.offsets)
      this.#effects.soon(() => {
        this.#effects.release(offsets, isCommitted);
        settle();
      });
    settle();
  }
}

interface Write {
  readonly records: readonly StoredRecord[];
  readonly timeoutMs: number;
}
