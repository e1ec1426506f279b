import { failure } from '../../errors.ts';
import type { GroupOffsets, Position, TopicInfo, TopicPartition, TopicSpec } from '../../log/port.ts';
import { Group, nameOf } from './group.ts';
import { PartitionLog, type StoredRecord } from './partition-log.ts';
import { type Session, Transactions } from './transactions.ts';

/** As records get to it: with open transactions, as Kafka has them, or all at once with the commit, as the embedded log. */
export type LogKind = 'kafka' | 'embedded';

export interface SimulatedLogOptions {
  readonly kind: LogKind;
  readonly now: () => number;
  /** Runs something a little later. */
  readonly soon: (run: () => void) => void;
  readonly after: (ms: number, run: () => void) => void;
}

/** All of one transaction: records by partition, and offsets. */
export interface WholeCommit {
  readonly records: ReadonlyMap<PartitionLog, readonly StoredRecord[]>;
  readonly offsets: GroupOffsets | undefined;
}

/** The log's side of the simulation. Every call is one moment: it happens whole, or throws. */
export class SimulatedLog {
  readonly kind: LogKind;
  readonly group: Group;
  readonly transactions: Transactions;
  readonly #topics = new Map<string, PartitionLog[]>();

  constructor({ kind, now, soon, after }: SimulatedLogOptions) {
    this.kind = kind;
    this.group = new Group(now);
    this.transactions = new Transactions({
      soon,
      after,
      hold: (offsets) => this.group.hold(offsets),
      release: (offsets, isCommitted) => this.group.release(offsets, isCommitted),
    });
  }

  topics(): TopicInfo[] {
    return [...this.#topics].map(([name, { length }]) => ({ name, partitions: length }));
  }

  create({ name, partitions, config = {} }: TopicSpec): void {
    if (this.#topics.has(name)) return;
    const isCompacted = config['cleanup.policy']?.includes('compact') ?? false;
    this.#topics.set(
      name,
      Array.from({ length: partitions }, (_, partition) => new PartitionLog(name, partition, isCompacted)),
    );
  }

  delete(name: string): void {
    this.#topics.delete(name);
  }

  /** Throws TOPIC_UNKNOWN, PARTITION_UNKNOWN. */
  partition({ topic, partition }: TopicPartition): PartitionLog {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) throw failure('TOPIC_UNKNOWN', { topic });
    const found = partitions[partition];
    if (found === undefined) throw failure('PARTITION_UNKNOWN', { topic, partition, partitions: partitions.length });
    return found;
  }

  partitions(topic: string): readonly PartitionLog[] {
    return this.#topics.get(topic) ?? [];
  }

  offset(of: TopicPartition, at: 'earliest' | 'end' | 'stable' | number): number {
    const log = this.partition(of);
    if (typeof at === 'number') return log.offsetAt(at);
    return at === 'earliest' ? log.start : at === 'end' ? log.end : log.stable;
  }

  /** As the embedded log commits: all in one moment. */
  commit(session: Session | undefined, { records, offsets }: WholeCommit): Position[] {
    if (session !== undefined) this.transactions.check(session);
    if (offsets?.member) this.group.check(offsets.member, offsets.positions);
    const ends: Position[] = [];
    for (const [log, appended] of records) {
      for (const record of appended) log.append(record);
      ends.push({ topic: log.topic, partition: log.partition, offset: log.end });
    }
    if (offsets !== undefined) this.group.commit(offsets.positions);
    return ends;
  }

  /** Removes older records of equal keys, where a topic asks for it. */
  compact(): void {
    for (const partitions of this.#topics.values())
      for (const partition of partitions) if (partition.isCompacted) partition.compact();
  }

  /** Inputs that are not committed to their ends. */
  unfinished(topics: readonly string[]): string[] {
    return topics
      .flatMap((topic) => this.partitions(topic))
      .map((log) => ({ log, offset: this.group.committed(log)?.offset }))
      .filter(({ log, offset }) => (offset ?? log.start) !== log.end)
      .map(({ log, offset }) => `${nameOf(log)} is committed up to ${offset ?? 'nothing'} of ${log.end}`);
  }
}
