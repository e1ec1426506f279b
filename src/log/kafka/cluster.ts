import { type Connection, findCoordinatorV6, metadataV12, ResponseError } from '@platformatic/kafka';
import { failure } from '../../errors.ts';
import type { TopicPartition } from '../port.ts';
import { BrokerError } from './broker-error.ts';
import { Connections } from './connections.ts';
import { type Address, type KafkaLogOptions, parseAddress } from './options.ts';
import { type Remedy, retrying } from './retry.ts';

type MetadataResponse = ReturnType<typeof metadataV12.parseResponse>;

export interface TopicMetadata {
  readonly name: string;
  readonly id: string;
  readonly internal: boolean;
  /** The leader of each partition; -1 while there is none. */
  readonly leaders: readonly number[];
}

const COORDINATOR_TYPES = { group: 0, transaction: 1 } as const;
export type CoordinatorType = keyof typeof COORDINATOR_TYPES;

const CONTROL_LANE = 'control';

/** What is known of the brokers: their addresses, who leads which partition, who coordinates whom. */
export class Cluster {
  readonly connections: Connections;
  readonly retryTimeoutMs: number;
  /** How large a batch each topic takes, as far as that is known: see `learnLimits`. */
  readonly limits = new Map<string, number>();
  readonly #bootstrap: readonly Address[];
  readonly #nodes = new Map<number, Address>();
  readonly #topics = new Map<string, TopicMetadata>();
  readonly #coordinators = new Map<string, Address>();
  #lanes = 0;

  constructor(options: KafkaLogOptions) {
    this.connections = new Connections(options);
    this.retryTimeoutMs = options.retryTimeoutMs ?? 120_000;
    this.#bootstrap = options.bootstrapServers.map(parseAddress);
  }

  /** A lane that nobody else uses. */
  newLane(name: string): string {
    this.#lanes++;
    return `${name}-${this.#lanes}`;
  }

  /** Calls until it succeeds; brokers that went away and leaders that moved are looked up again in between. */
  retry<T>(
    what: string,
    call: () => Promise<T>,
    remedy: (kind: Remedy) => Promise<void> | void = () => {},
  ): Promise<T> {
    return retrying(call, { what, timeoutMs: this.retryTimeoutMs, remedy });
  }

  /** A connection to any broker that answers. */
  async any(): Promise<Connection> {
    let last: unknown;
    for (const address of [...this.#nodes.values(), ...this.#bootstrap]) {
      try {
        return await this.connections.to(address, CONTROL_LANE);
      } catch (error) {
        last = error;
      }
    }
    throw last ?? failure('BROKER_UNREACHABLE', { addresses: '(none)', reason: 'no address is given', waitedMs: 0 });
  }

  node(id: number, lane = CONTROL_LANE): Promise<Connection> {
    const address = this.#nodes.get(id);
    if (address === undefined) return Promise.reject(new BrokerError('Metadata', 'LEADER_NOT_AVAILABLE'));
    return this.connections.to(address, lane);
  }

  topic(name: string): TopicMetadata | undefined {
    return this.#topics.get(name);
  }

  /** The leader as last heard; undefined if there is none or it is not known yet. */
  leader({ topic, partition }: TopicPartition): number | undefined {
    const leader = this.#topics.get(topic)?.leaders[partition];
    return leader === undefined || leader < 0 ? undefined : leader;
  }

  /** Asks for these topics, or for all. Returns those that exist. */
  async refresh(names: readonly string[] | null): Promise<TopicMetadata[]> {
    const connection = await this.any();
    const response = await lenient(metadataV12.api.async(connection, names === null ? null : [...names], false, false));
    for (const { nodeId, host, port } of response.brokers) this.#nodes.set(nodeId, { host, port });
    for (const name of names ?? []) this.#topics.delete(name);
    const topics = topicsOf(response);
    for (const topic of topics) this.#topics.set(topic.name, topic);
    return topics;
  }

  /** Groups partitions by the broker that leads them. Throws a passing error while one has no leader. */
  async byLeader<P extends TopicPartition>(partitions: readonly P[]): Promise<Map<number, P[]>> {
    const unknown = partitions.filter((partition) => this.leader(partition) === undefined);
    if (unknown.length > 0) await this.refresh([...new Set(unknown.map(({ topic }) => topic))]);
    const groups = new Map<number, P[]>();
    for (const partition of partitions) {
      const leader = this.leader(partition) ?? this.#noLeader(partition);
      const group = groups.get(leader);
      if (group === undefined) groups.set(leader, [partition]);
      else group.push(partition);
    }
    return groups;
  }

  /** A connection to the coordinator of a group or a transactional id. */
  async coordinator(type: CoordinatorType, key: string, lane: string): Promise<Connection> {
    const known = this.#coordinators.get(`${type}/${key}`);
    if (known !== undefined) return this.connections.to(known, lane);
    const connection = await this.any();
    const { coordinators } = await findCoordinatorV6.api.async(connection, COORDINATOR_TYPES[type], [key]);
    const [found] = coordinators;
    if (found === undefined) throw new BrokerError('FindCoordinator', 'COORDINATOR_NOT_AVAILABLE');
    this.#coordinators.set(`${type}/${key}`, found);
    return this.connections.to(found, lane);
  }

  /** Calls the coordinator until it succeeds; it is looked up again when it moved or went away. */
  retryCoordinator<T>(
    { type, key, lane, what }: { type: CoordinatorType; key: string; lane: string; what: string },
    call: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    return this.retry(
      what,
      async () => call(await this.coordinator(type, key, lane)),
      (kind) => {
        if (kind !== 'again') this.forgetCoordinator(type, key);
      },
    );
  }

  forgetCoordinator(type: CoordinatorType, key: string): void {
    this.#coordinators.delete(`${type}/${key}`);
  }

  /** Forgets the leaders of these topics, so that the next call asks. */
  forgetLeaders(names: Iterable<string>): void {
    for (const name of names) this.#topics.delete(name);
  }

  #noLeader({ topic, partition }: TopicPartition): never {
    const known = this.#topics.get(topic);
    if (known === undefined) throw new BrokerError('Metadata', 'UNKNOWN_TOPIC_OR_PARTITION', topic);
    if (partition >= known.leaders.length) {
      throw failure('PARTITION_UNKNOWN', { topic, partition, partitions: known.leaders.length });
    }
    throw new BrokerError('Metadata', 'LEADER_NOT_AVAILABLE', `${topic}-${partition}`);
  }
}

/** Answers that hold an error for one topic are still good for the others. */
async function lenient(answer: Promise<MetadataResponse>): Promise<MetadataResponse> {
  try {
    return await answer;
  } catch (error) {
    // The library keeps the decoded answer in its error, untyped.
    if (error instanceof ResponseError) return error['response'] as MetadataResponse;
    throw error;
  }
}

function topicsOf({ topics }: MetadataResponse): TopicMetadata[] {
  return topics
    .filter(({ errorCode, name, partitions }) => name !== null && (errorCode === 0 || partitions.length > 0))
    .map((topic) => {
      const leaders: number[] = [];
      for (const { partitionIndex, leaderId } of topic.partitions) leaders[partitionIndex] = leaderId;
      return { name: topic.name ?? '', id: topic.topicId, internal: topic.isInternal, leaders };
    });
}
