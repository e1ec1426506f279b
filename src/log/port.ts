/**
 * The port to a partitioned log: all that the runtime asks of Kafka, in Kafka's terms. Two drivers fill it, `embedded`
 * (one SQLite file) and `kafka`; both pass `test/log/conformance`. Offsets and timestamps are numbers (exact to 2^53).
 */
import type { FetchedRecord } from './records/fetched-record.ts';

/** One partition of a topic, from 0. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A place in a partition. */
export interface Position extends TopicPartition {
  readonly offset: number;
}

/** How far a group has come in a partition. */
export interface CommittedPosition extends Position {
  /**
   * Partition time: the largest timestamp of the records before the offset. Negative or left out where it is not known,
   * and then left out when it is read.
   */
  readonly time?: number;
}

export interface TopicInfo {
  readonly name: string;
  readonly partitions: number;
}

export interface TopicSpec extends TopicInfo {
  /** Kafka's topic settings: `cleanup.policy`, `retention.ms`, … The embedded log honours those two,
   * `min.compaction.lag.ms`, `delete.retention.ms` and `max.message.bytes`. */
  readonly config?: Readonly<Record<string, string>>;
}

/**
 * Name and value, in order; a name may be there more than once, a value may be null.
 *
 * @example
 * const headers: Headers = [['trace-id', Buffer.from('4711')]];
 */
export type Headers = readonly (readonly [name: string, value: Uint8Array | null])[];

/**
 * A partitioned log, on which workers and services run: Kafka, or the embedded one. What is not of use outside of workers
 * (`fetcher`, `producer`, `join`) may change.
 *
 * @see `openEmbedded`, `connectKafka`
 */
export interface Log {
  readonly kind: 'embedded' | 'kafka';

  /** All topics, Kafka's own internal ones left out. */
  topics(): Promise<TopicInfo[]>;
  /** Those of `names` that exist. Producers of this log know from here on how large a record each of them takes. */
  describeTopics(names: readonly string[]): Promise<TopicInfo[]>;
  /** Makes those that do not exist yet; one that exists is left as it is. */
  createTopics(topics: readonly TopicSpec[]): Promise<void>;
  deleteTopics(names: readonly string[]): Promise<void>;

  /**
   * The offset of each partition: `earliest` the first one kept, `end` one past the last record (Kafka's high
   * watermark, open transactions included), `stable` one past the last record that a read_committed reader may see, a
   * number the first record at or after that timestamp (`end` if there is none).
   */
  offsets(partitions: readonly TopicPartition[], at: 'earliest' | 'end' | 'stable' | number): Promise<Position[]>;
  /**
   * What `group` has committed, partitions without a commit left out. Waits while a transaction holds one of them
   * (Kafka: requireStable), so that no stale offset is ever seen. An offset and its time are of the same commit.
   */
  committed(group: string, partitions: readonly TopicPartition[]): Promise<CommittedPosition[]>;
  /** Deletes records before the offsets: the purge of repartition topics. */
  deleteRecordsBefore(positions: readonly Position[]): Promise<void>;

  fetcher(options?: FetcherOptions): Fetcher;
  producer(options: ProducerOptions): Promise<Producer>;
  /** Joins the group and returns as soon as the coordinator knows the member. */
  join(options: JoinOptions): Promise<Membership>;
  /** For how long the log has not answered what it was asked first of all that is open; null where nothing is. */
  silence(): Silence | null;
  close(): Promise<void>;
}

export interface Silence {
  readonly forMs: number;
  /** What is known of why. */
  readonly reason: string;
}

// --- reading --------------------------------------------------------------------------------------------------------

export interface FetcherOptions {
  /** Of one partition in one answer. Default 256 KiB. */
  readonly maxBytesPerPartition?: number;
  /** Default `read_committed`. */
  readonly isolation?: 'read_committed' | 'read_uncommitted';
}

/** Reads partitions from given positions, in the background, one answer ahead of the caller. */
export interface Fetcher {
  /** Starts to read; a partition that is being read already moves to the new offset. */
  assign(positions: readonly Position[]): void;
  /** Stops reading; what had arrived of them and was not polled yet is dropped. */
  unassign(partitions: readonly TopicPartition[]): void;
  /** Leaves them out of further requests until resumed. What was under way still arrives. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /**
   * What has arrived, at once where there is something, else after at most `maxWaitMs` (then perhaps nothing). Throws
   * OFFSET_OUT_OF_RANGE, TOPIC_UNKNOWN, RECORD_BATCH_CORRUPT; lost connections and moved leaders are retried inside.
   */
  poll(maxWaitMs: number): Promise<FetchedPartition[]>;
  close(): Promise<void>;
}

export interface FetchedPartition extends TopicPartition {
  /** May be empty where only control records or aborted records were passed. */
  readonly records: readonly FetchedRecord[];
  /** The offset to read next: past the last record, and past control and aborted ones behind it. */
  readonly position: number;
  /** One past the last record that this isolation lets through, as the log said with this answer. */
  readonly end: number;
  /** Kafka's high watermark; equal to `end` in the embedded log. */
  readonly highWatermark: number;
}

// --- writing --------------------------------------------------------------------------------------------------------

export interface ProducerOptions {
  /**
   * Given: exactly-once. Opening fences every earlier producer of that id and ends its open transaction. Not given: at
   * least once, idempotent where the log has it.
   */
  readonly transactionalId?: string;
  /** After it the log itself aborts an open transaction. Default 10 000. */
  readonly transactionTimeoutMs?: number;
}

/** Writes records and commits offsets with them: all or nothing with a transactional id. */
export interface Producer {
  /**
   * Adds a record to the open transaction (which begins with the first one). The bytes are copied. Full batches are
   * sent early; an error of theirs comes out of `commit`. While a commit is in flight the record belongs to the next
   * transaction. Throws RECORD_TOO_LARGE, and the transaction stays as it was, where the topic is known to take no such
   * record.
   */
  append(topic: string, partition: number, record: OutgoingRecord): void;
  /** True where nothing was appended since the last commit began: committing would say nothing. */
  readonly isEmpty: boolean;
  /** Bytes appended and not acknowledged; who appends much waits on `drained`. */
  readonly pendingBytes: number;
  /** Resolves when little is pending. */
  drained(): Promise<void>;
  /**
   * Writes what is left, adds the offsets, ends the transaction. Returns, for each partition written, the offset after
   * its last record of this transaction. Offsets of a group need its member, or the log would not fence. Throws FENCED
   * if a newer producer or member has taken over, and then, as after every error, nothing of the transaction counts:
   * call `abort`.
   */
  commit(offsets?: GroupOffsets): Promise<Position[]>;
  /** Drops what is not committed. Afterwards the producer can be used again, unless it was fenced. */
  abort(): Promise<void>;
  /** Aborts what is open and lets go. */
  close(): Promise<void>;
}

export interface OutgoingRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly timestamp: number;
  readonly headers: Headers;
}

export interface GroupOffsets {
  readonly group: string;
  /** Null outside a group (tools): the commit is then not fenced. */
  readonly member: MemberToken | null;
  readonly positions: readonly CommittedPosition[];
}

/** Fences a member that the group has given up. */
export interface MemberToken {
  readonly memberId: string;
  readonly epoch: number;
}

// --- groups ---------------------------------------------------------------------------------------------------------

export interface TaskId {
  /** Index of the sub-topology. */
  readonly subtopology: number;
  readonly partition: number;
}

export interface Subtopology {
  /** Topics that exist already. */
  readonly sources: readonly string[];
  /** Topics between two sub-topologies that this one reads; made by the log, with these settings. */
  readonly repartitionSources: readonly TopicSpec[];
  /** Of its stores; made by the log. */
  readonly changelogs: readonly TopicSpec[];
  readonly repartitionSinks: readonly string[];
  /** Sets of source topics (own or repartition) whose partitions must be read together. */
  readonly copartitioned: readonly (readonly string[])[];
  /** How many tasks it has: the largest partition count of its sources. */
  readonly tasks: number;
}

export interface JoinOptions {
  readonly group: string;
  /** Kept over restarts, so that a worker that comes back has its tasks at once. */
  readonly memberId: string;
  /** One a process: tasks and standbys are spread over processes. */
  readonly processId: string;
  readonly subtopologies: readonly Subtopology[];
  /** `host:port` that other members are told, to route queries. */
  readonly endpoint?: string;
  /** How long a revoked task may take to be given up. Default 60 000. */
  readonly rebalanceTimeoutMs?: number;
}

/** A place in a group. The log says which tasks to run; the member says which it runs. */
export interface Membership {
  /** The current fencing token: read it for every commit. */
  readonly token: MemberToken;
  /** The tasks to run now; null until the group has decided (a member then runs nothing). */
  readonly assigned: readonly TaskId[] | null;
  /** Why the member is out of the group (fenced, expired, refused), if it is. Close all tasks and join again. */
  readonly failure: Error | null;
  /** Resolves at the next change of `assigned` or `failure`. */
  changed(): Promise<void>;
  /**
   * Says which tasks run here now. A task that is no longer listed counts as given up, so commit its work first: only
   * then another member gets it.
   */
  report(running: readonly TaskId[]): void;
  /** Leaves at once; the tasks go to others. With `keep`, only stops talking: the member will come back. */
  leave(options?: { keep?: boolean }): Promise<void>;
}
