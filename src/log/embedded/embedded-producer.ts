import { assert } from '../../util/assert.ts';
import type { GroupOffsets, OutgoingRecord, Position, Producer } from '../port.ts';
import { StagedRecords } from './staged-records.ts';
import type { Tables } from './tables.ts';

/** Without a transaction, records are written when so many bytes are there. */
const FLUSH_BYTES = 1024 * 1024;

export interface Transaction {
  readonly id: string;
  readonly epoch: number;
}

/**
 * Records stay in memory until the commit writes them all in one transaction of SQLite, so a reader never sees what is
 * not committed, and a process that dies leaves nothing to abort: transactions need no time-out here. Without a
 * transactional id they are written early.
 */
export class EmbeddedProducer implements Producer {
  readonly #tables: Tables;
  readonly #transaction: Transaction | undefined;
  #staged: StagedRecords;
  /** Kept between commits, for the memory of its builders. */
  #spare: StagedRecords | undefined;
  /** One write after another. Never rejects. */
  #last: Promise<unknown> = Promise.resolve();
  #bytesInFlight = 0;
  /** Ends of the partitions that were written early. */
  #written: Position[] = [];
  /** After an error everything fails until `abort`. */
  #error: unknown;
  #closed = false;

  constructor(tables: Tables, transaction: Transaction | undefined) {
    this.#tables = tables;
    this.#transaction = transaction;
    this.#staged = this.#stage();
  }

  get isEmpty(): boolean {
    return this.#staged.bytes === 0 && this.#written.length === 0;
  }

  get pendingBytes(): number {
    return this.#staged.bytes + this.#bytesInFlight;
  }

  append(topic: string, partition: number, record: OutgoingRecord): void {
    assert(!this.#closed, 'append to a producer that is closed');
    this.#staged.append(topic, partition, record);
    if (this.#transaction === undefined && this.#staged.bytes >= FLUSH_BYTES) this.#flush();
  }

  /** A transaction is drained by its commit alone, so there is nothing to wait for but writes that are under way. */
  async drained(): Promise<void> {
    await this.#last;
  }

  async commit(offsets?: GroupOffsets): Promise<Position[]> {
    assert(!this.#closed, 'commit of a producer that is closed');
    const early = this.#written;
    this.#written = [];
    const positions = await this.#write(offsets);
    return early.length === 0 ? positions : newest([...early, ...positions]);
  }

  async abort(): Promise<void> {
    await this.#last;
    this.#staged.clear();
    this.#written = [];
    this.#error = undefined;
  }

  async close(): Promise<void> {
    await this.abort();
    this.#closed = true;
  }

  /** What is wrong with the file is told by the commit. */
  #stage(): StagedRecords {
    const { file, topics } = this.#tables;
    return new StagedRecords((topic) =>
      file.isOpen ? file.read(() => topics.maxMessageBytes(topic)) : Number.POSITIVE_INFINITY,
    );
  }

  #flush(): void {
    const written = this.#written;
    this.#write().then(
      (positions) => written.push(...positions),
      () => undefined, // Kept in #error for the commit.
    );
  }

  /** From here on further records belong to the next transaction. */
  #write(offsets?: GroupOffsets): Promise<Position[]> {
    const staged = this.#staged;
    this.#staged = this.#spare ?? this.#stage();
    this.#spare = undefined;
    this.#bytesInFlight += staged.bytes;
    const write = this.#last.then(() => this.#writeNow(staged, offsets));
    this.#last = write.catch(() => undefined);
    return write;
  }

  async #writeNow(staged: StagedRecords, offsets: GroupOffsets | undefined): Promise<Position[]> {
    const { bytes } = staged;
    try {
      if (this.#error !== undefined) throw this.#error;
      const positions = await this.#tables.file.write(() => this.#commit(staged, offsets));
      this.#tables.appended(bytes);
      return positions;
    } catch (error) {
      this.#error = error;
      throw error;
    } finally {
      this.#bytesInFlight -= bytes;
      staged.clear();
      this.#spare = staged;
    }
  }

  /** Everything of the commit, inside the write transaction. */
  #commit(staged: StagedRecords, offsets: GroupOffsets | undefined): Position[] {
    const { producers, members, committed, batches } = this.#tables;
    if (this.#transaction !== undefined) producers.check(this.#transaction.id, this.#transaction.epoch);
    if (offsets?.member) members.check(offsets.group, offsets.member, offsets.positions);
    const positions = staged.writeTo(batches);
    if (offsets !== undefined) committed.set(offsets.group, offsets.positions);
    return positions;
  }
}

function newest(positions: readonly Position[]): Position[] {
  const ends = new Map(positions.map((position) => [`${position.topic}/${position.partition}`, position]));
  return [...ends.values()];
}
