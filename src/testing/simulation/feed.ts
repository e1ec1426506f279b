import type { EncodedInput } from './inputs.ts';
import type { PartitionLog, StoredRecord } from './partition-log.ts';
import type { Random } from './random.ts';

export interface FeedOptions {
  readonly inputs: readonly EncodedInput[];
  readonly to: (input: EncodedInput) => PartitionLog;
  readonly random: Random;
  readonly after: (ms: number, run: () => void) => void;
  /** Over which time the records come, ms; 0: all are there at the beginning. */
  readonly spreadMs: number;
  /** Whether some come in transactions, and some in transactions that are aborted. */
  readonly transactions: boolean;
}

/** Writes the inputs: of each partition in their order, of different ones in any. */
export class Feed {
  readonly #options: FeedOptions;
  #left = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** True where everything is written and every transaction is ended. */
  get isDone(): boolean {
    return this.#left === 0;
  }

  start(): void {
    const { inputs, to, spreadMs, random } = this.#options;
    for (const input of inputs) {
      const log = to(input);
      const times = input.records.map(() => random.next() * spreadMs).sort((a, b) => a - b);
      input.records.forEach((record, at) => void this.#later(times[at] ?? 0, () => this.#write(log, record)));
    }
  }

  #later(ms: number, run: () => void): void {
    if (ms === 0) {
      run();
      return;
    }
    this.#left++;
    this.#options.after(ms, () => {
      run();
      this.#left--;
    });
  }

  #write(log: PartitionLog, record: StoredRecord): void {
    const { random, transactions } = this.#options;
    const kind = transactions ? random.next() : 1;
    if (kind < 0.03) this.#writeIn(log, record, false);
    if (kind < 0.15) this.#writeIn(log, record, true);
    else log.append(record);
  }

  #writeIn(log: PartitionLog, record: StoredRecord, isCommitted: boolean): void {
    const transaction: { isCommitted: boolean | undefined } = { isCommitted: undefined };
    log.append(record, transaction);
    // Where all is to be there at the beginning, no transaction may be open then.
    const openMs = this.#options.spreadMs === 0 ? 0 : this.#options.random.next() * 20;
    this.#later(openMs, () => {
      transaction.isCommitted = isCommitted;
      log.mark(transaction);
    });
  }
}
