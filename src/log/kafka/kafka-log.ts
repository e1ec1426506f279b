import { setTimeout as delay } from 'node:timers/promises';
import { failure } from '../../errors.ts';
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
import { Admin } from './admin.ts';
import { Cluster } from './cluster.ts';
import { FEATURES, requireFeature } from './features.ts';
import { KafkaFetcher } from './kafka-fetcher.ts';
import { KafkaProducer } from './kafka-producer.ts';
import { committedOffsets, listOffsets } from './offsets.ts';
import type { KafkaLogOptions } from './options.ts';
import { asMillraceError, remedyOf } from './retry.ts';
import { StreamsMembership } from './streams-membership.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const TRY_AGAIN_MS = 200;

/**
 * Opens a Kafka cluster as a log. Throws BROKER_UNREACHABLE, BROKER_TOO_OLD (no transactions of protocol 2),
 * KAFKA_REFUSED (wrong password, TLS against plain).
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const cluster = new Cluster(options);
  try {
    await reach(cluster, options);
    return new KafkaLog(cluster);
  } catch (error) {
    await cluster.connections.close();
    throw error;
  }
}

async function reach(cluster: Cluster, options: KafkaLogOptions): Promise<void> {
  const waitMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  for (const started = Date.now(); ; await delay(TRY_AGAIN_MS)) {
    try {
      await requireFeature(cluster, FEATURES.transactions);
      return void (await cluster.refresh([]));
    } catch (error) {
      if (remedyOf(error) === 'fail') throw asMillraceError(error, 'open the connection', Date.now() - started);
      if (Date.now() - started < waitMs) continue;
      const addresses = options.bootstrapServers.join(', ');
      throw failure(
        'BROKER_UNREACHABLE',
        { addresses, waitedMs: Date.now() - started, reason: reasonOf(error) },
        error,
      );
    }
  }
}

/** The innermost words say most: the outer ones only repeat the address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name;
}

class KafkaLog implements Log {
  readonly kind = 'kafka';
  readonly #cluster: Cluster;
  readonly #admin: Admin;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#admin = new Admin(cluster);
  }

  topics(): Promise<TopicInfo[]> {
    return this.#admin.topics();
  }

  describeTopics(names: readonly string[]): Promise<TopicInfo[]> {
    return this.#admin.describeTopics(names);
  }

  createTopics(topics: readonly TopicSpec[]): Promise<void> {
    return this.#admin.createTopics(topics);
  }

  deleteTopics(names: readonly string[]): Promise<void> {
    return this.#admin.deleteTopics(names);
  }

  offsets(partitions: readonly TopicPartition[], at: Parameters<Log['offsets']>[1]): Promise<Position[]> {
    return listOffsets(this.#cluster, partitions, at);
  }

  committed(group: string, partitions: readonly TopicPartition[]): Promise<CommittedPosition[]> {
    return committedOffsets(this.#cluster, group, partitions);
  }

  deleteRecordsBefore(positions: readonly Position[]): Promise<void> {
    return this.#admin.deleteRecordsBefore(positions);
  }

  fetcher(options?: FetcherOptions): Fetcher {
    return new KafkaFetcher(this.#cluster, options);
  }

  producer(options: ProducerOptions): Promise<Producer> {
    return KafkaProducer.open(this.#cluster, options);
  }

  join(options: JoinOptions): Promise<Membership> {
    return StreamsMembership.join(this.#cluster, options);
  }

  silence(): Silence | null {
    return this.#cluster.connections.contact.silence;
  }

  close(): Promise<void> {
    return this.#cluster.connections.close();
  }
}
