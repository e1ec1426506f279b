import type { Registry } from '../../serde/registry/registry.ts';
import type {
  CommittedPosition,
  Fetcher,
  FetcherOptions,
  JoinOptions,
  Log,
  Membership,
  Position,
  Producer,
  ProducerOptions,
  Silence,
  TopicInfo,
  TopicPartition,
  TopicSpec,
} from '../port.ts';
import { Cleaner } from './cleaner.ts';
import { Coordinator } from './coordinator.ts';
import { EmbeddedFetcher } from './embedded-fetcher.ts';
import { EmbeddedMembership } from './embedded-membership.ts';
import { EmbeddedProducer } from './embedded-producer.ts';
import { EmbeddedRegistry, type Incompatibility } from './embedded-registry.ts';
import { LogFile, type LogFileOptions } from './log-file.ts';
import { Tables } from './tables.ts';

export interface EmbeddedLogOptions extends LogFileOptions {
  /** After it a silent member loses its tasks. Default 10 000. */
  readonly sessionTimeoutMs?: number;
  /** After so many appended bytes old records are removed in the background. Default 64 MiB; 0 for never. */
  readonly cleanAfterBytes?: number;
}

/** A log in one SQLite file. Any number of processes may have it open; one at a time writes. */
export class EmbeddedLog implements Log {
  readonly kind = 'embedded';
  readonly #tables: Tables;
  readonly #coordinator: Coordinator;
  readonly #cleaner: Cleaner;
  readonly #sessionTimeoutMs: number;
  readonly #cleanAfterBytes: number;
  #bytesSinceCleaning = 0;
  readonly #memberships = new Set<EmbeddedMembership>();

  constructor(file: LogFile, options: EmbeddedLogOptions) {
    this.#tables = new Tables(file, (bytes) => this.#noteAppended(bytes));
    this.#coordinator = new Coordinator(this.#tables);
    this.#cleaner = new Cleaner(this.#tables);
    this.#sessionTimeoutMs = options.sessionTimeoutMs ?? 10_000;
    this.#cleanAfterBytes = options.cleanAfterBytes ?? 64 * 1024 * 1024;
  }

  async topics(): Promise<TopicInfo[]> {
    return this.#tables.file.read(() => this.#tables.topics.list());
  }

  async describeTopics(names: readonly string[]): Promise<TopicInfo[]> {
    return this.#tables.file.read(() => this.#tables.topics.describe(names));
  }

  async createTopics(topics: readonly TopicSpec[]): Promise<void> {
    await this.#tables.file.write(() => {
      for (const topic of topics) this.#tables.topics.create(topic);
    });
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    await this.#tables.file.write(() => {
      for (const name of names) this.#tables.topics.delete(name);
    });
  }

  /** What is not committed is not in the file, so `end` and `stable` are one. */
  async offsets(
    partitions: readonly TopicPartition[],
    at: 'earliest' | 'end' | 'stable' | number,
  ): Promise<Position[]> {
    return this.#tables.file.read(() =>
      partitions.map(({ topic, partition }) => ({ topic, partition, offset: this.#offset({ topic, partition }, at) })),
    );
  }

  #offset(of: TopicPartition, at: 'earliest' | 'end' | 'stable' | number): number {
    const { topics, batches } = this.#tables;
    if (typeof at === 'number') return batches.offsetAt(of, at);
    const { start, end } = topics.state(of);
    return at === 'earliest' ? start : end;
  }

  async committed(group: string, partitions: readonly TopicPartition[]): Promise<CommittedPosition[]> {
    return this.#tables.file.read(() => this.#tables.committed.get(group, partitions));
  }

  async deleteRecordsBefore(positions: readonly Position[]): Promise<void> {
    await this.#tables.file.write(() => {
      for (const position of positions) this.#tables.batches.deleteBefore(position);
    });
  }

  fetcher(options: FetcherOptions = {}): Fetcher {
    return new EmbeddedFetcher(this.#tables, options.maxBytesPerPartition ?? 256 * 1024);
  }

  async producer({ transactionalId: id }: ProducerOptions): Promise<Producer> {
    if (id === undefined) return new EmbeddedProducer(this.#tables, undefined);
    const epoch = await this.#tables.file.write(() => this.#tables.producers.open(id));
    return new EmbeddedProducer(this.#tables, { id, epoch });
  }

  /** It is a file: it answers, or fails. */
  silence(): Silence | null {
    return null;
  }

  async join(options: JoinOptions): Promise<Membership> {
    const answer = await this.#coordinator.join(options, this.#sessionTimeoutMs);
    // Ten beats a session: some may come late without harm.
    const intervalMs = this.#sessionTimeoutMs / 10;
    const { watch } = this.#tables.file;
    const membership = new EmbeddedMembership(options, answer, { coordinator: this.#coordinator, watch, intervalMs });
    this.#memberships.add(membership);
    void membership.ended.then(() => this.#memberships.delete(membership));
    return membership;
  }

  /** A schema registry in the same file. It is closed with the log. */
  registry(incompatibility: Incompatibility): Registry {
    return new EmbeddedRegistry(this.#tables.file, incompatibility);
  }

  /** Removes records that retention or compaction lets go, now. It happens by itself as the log grows. */
  async clean(): Promise<void> {
    await this.#cleaner.clean();
  }

  /** Members that did not leave count as gone when their session ends. Uncommitted records are dropped. */
  async close(): Promise<void> {
    await Promise.all([...this.#memberships].map((membership) => membership.stop()));
    await this.#cleaner.stop();
    this.#tables.file.close();
  }

  #noteAppended(bytes: number): void {
    this.#bytesSinceCleaning += bytes;
    if (this.#cleanAfterBytes === 0 || this.#bytesSinceCleaning < this.#cleanAfterBytes) return;
    this.#bytesSinceCleaning = 0;
    // What is wrong with the file is told by the next commit, and what is wrong with a record by who reads it.
    this.#cleaner.clean({ worthwhile: true }).catch(() => undefined);
  }
}

/**
 * Opens the log of that file, or makes an empty one. Throws LOG_MISSING, LOG_FOREIGN, LOG_NEWER, LOG_NOT_WRITABLE,
 * LOG_BUSY, LOG_DAMAGED.
 */
export async function openEmbeddedLog(path: string, options: EmbeddedLogOptions = {}): Promise<EmbeddedLog> {
  return new EmbeddedLog(await LogFile.open(path, options), options);
}
