import { openEmbeddedLog } from '../log/embedded/embedded-log.ts';
import type { KafkaLogOptions } from '../log/kafka/options.ts';
import type { Log } from '../log/port.ts';
import { incompatibility } from '../serde/avro/compatibility.ts';
import type { Registry } from '../serde/registry/registry.ts';
import type { RegistryClientOptions } from '../serde/registry/registry-client.ts';

/**
 * A log and the registry of its schemas: what a worker runs on. `close` it after the workers have stopped.
 *
 * @see `openEmbedded`, `connectKafka`
 */
export interface Connection {
  readonly log: Log;
  readonly registry: Registry;
  close(): Promise<void>;
}

/** Where the embedded log is, and how safe a commit is. */
export interface EmbeddedOptions {
  /** The log's file, made if it is missing; the folder must be there. */
  readonly path: string;
  /** Throw LOG_MISSING instead of making it. */
  readonly mustExist?: boolean;
  /** `fsync`: a commit survives a power cut; `os` (default): it survives a crash of the process. */
  readonly durability?: 'os' | 'fsync';
}

/**
 * Opens an embedded log, with its schemas in the same file. Other processes may have it open too. Throws LOG_MISSING,
 * LOG_FOREIGN, LOG_NEWER, LOG_NOT_WRITABLE, LOG_DAMAGED; calls of the log later LOG_BUSY, LOG_DISK_FULL, LOG_CLOSED.
 *
 * @example
 * const { log, close } = await openEmbedded({ path: 'embedded.db' });
 * await log.createTopics([{ name: 'clicks', partitions: 4 }]);
 * await log.topics(); // → [{ name: 'clicks', partitions: 4 }]
 * await close();
 */
export async function openEmbedded({ path, ...options }: EmbeddedOptions): Promise<Connection> {
  const log = await openEmbeddedLog(path, options);
  return { log, registry: log.registry(incompatibility), close: () => log.close() };
}

/** How to reach Kafka and the schema registry. Times are in milliseconds. */
export interface KafkaOptions extends Omit<KafkaLogOptions, 'clientId'> {
  /** Default `millrace`. */
  readonly clientId?: string;
  readonly schemaRegistry: RegistryClientOptions;
}

/**
 * Connects to a Kafka (4.2 or later) and a Confluent-compatible registry. Throws BROKER_UNREACHABLE, BROKER_TOO_OLD,
 * KAFKA_REFUSED; calls of the log later KAFKA_TIMED_OUT, REGISTRY_UNREACHABLE, REGISTRY_REFUSED, REGISTRY_FOREIGN.
 *
 * @example
 * const { log, registry } = await connectKafka({
 *   bootstrapServers: ['localhost:9092'],
 *   schemaRegistry: { url: 'http://localhost:8081' },
 * });
 */
export async function connectKafka({ schemaRegistry, ...options }: KafkaOptions): Promise<Connection> {
  // Loaded when needed: a program on the embedded log starts without a Kafka client.
  const [{ openKafkaLog }, { ConfluentRegistry }] = await Promise.all([
    import('../log/kafka/kafka-log.ts'),
    import('../serde/registry/confluent-registry.ts'),
  ]);
  const log = await openKafkaLog({ clientId: 'millrace', ...options });
  const registry = new ConfluentRegistry(schemaRegistry);
  const close = async (): Promise<void> => {
    await Promise.all([log.close(), registry.close()]);
  };
  return { log, registry, close };
}
