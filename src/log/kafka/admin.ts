import { setTimeout as delay } from 'node:timers/promises';
import { createTopicsV7, deleteRecordsV2, deleteTopicsV6 } from '@platformatic/kafka';
import { failure } from '../../errors.ts';
import type { Position, TopicInfo, TopicPartition, TopicSpec } from '../port.ts';
import { brokerErrors } from './broker-error.ts';
import { byTopic } from './by-topic.ts';
import type { Cluster, TopicMetadata } from './cluster.ts';
import { learnLimits } from './topic-limits.ts';

const TIMEOUT_MS = 30_000;

/** Topics: list, make, delete, trim. */
export class Admin {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async topics(): Promise<TopicInfo[]> {
    const topics = await this.#cluster.retry('list topics', () => this.#cluster.refresh(null));
    return topics.filter(({ internal }) => !internal).map(infoOf);
  }

  async describeTopics(names: readonly string[]): Promise<TopicInfo[]> {
    if (names.length === 0) return [];
    const topics = await this.#cluster.retry('describe topics', () => this.#cluster.refresh(names));
    await learnLimits(
      this.#cluster,
      topics.map(({ name }) => name),
    );
    const found = new Map(topics.map((topic) => [topic.name, topic]));
    return names.flatMap((name) => found.get(name) ?? []).map(infoOf);
  }

  async createTopics(specs: readonly TopicSpec[]): Promise<void> {
    const existing = new Set((await this.describeTopics(specs.map(({ name }) => name))).map(({ name }) => name));
    // One by one: the answer for several topics is one error, and some of them may be there already.
    for (const spec of specs) if (!existing.has(spec.name)) await this.#create(spec);
    const names = specs.map(({ name }) => name);
    await this.#until(
      names,
      (topics) =>
        topics.length === specs.length && topics.every(({ leaders }) => leaders.every((leader) => leader >= 0)),
    );
    await learnLimits(this.#cluster, names);
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.#cluster.retry(`delete topic ${name}`, async () => {
        try {
          await deleteTopicsV6.api.async(await this.#cluster.any(), [{ name }], TIMEOUT_MS);
        } catch (error) {
          if (!hasError(error, 'UNKNOWN_TOPIC_OR_PARTITION')) throw error;
        }
      });
    }
    await this.#until(names, (topics) => topics.length === 0);
  }

  async deleteRecordsBefore(positions: readonly Position[]): Promise<void> {
    await perLeader(this.#cluster, 'delete records', positions, async (node, group) => {
      const topics = byTopic(group).map(([name, members]) => ({
        name,
        partitions: members.map(({ partition, offset }) => ({ partitionIndex: partition, offset: BigInt(offset) })),
      }));
      await deleteRecordsV2.api.async(await this.#cluster.node(node), topics, TIMEOUT_MS);
      return [];
    });
  }

  async #create({ name, partitions, config = {} }: TopicSpec): Promise<void> {
    const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }));
    // -1: as many replicas as the brokers' default says.
    const topic = { name, numPartitions: partitions, replicationFactor: -1, assignments: [], configs };
    await this.#cluster.retry(`create topic ${name}`, async () => {
      try {
        await createTopicsV7.api.async(await this.#cluster.any(), [topic], TIMEOUT_MS, false);
      } catch (error) {
        // Another worker was faster, or the answer of an earlier try was lost.
        if (hasError(error, 'TOPIC_ALREADY_EXISTS')) return;
        throw topicInvalid(name, error) ?? error;
      }
    });
  }

  /** A change of topics reaches the brokers' metadata a moment after it was made. */
  async #until(names: readonly string[], done: (topics: TopicMetadata[]) => boolean): Promise<void> {
    if (names.length === 0) return;
    for (const started = Date.now(); Date.now() - started < TIMEOUT_MS; await delay(10)) {
      if (done(await this.#cluster.retry('describe topics', () => this.#cluster.refresh(names)))) return;
    }
  }
}

/** Calls the leader of each partition, all leaders at once, until every one has answered without error. */
export async function perLeader<P extends TopicPartition, R>(
  cluster: Cluster,
  what: string,
  partitions: readonly P[],
  call: (node: number, group: P[]) => Promise<R[]>,
): Promise<R[]> {
  if (partitions.length === 0) return [];
  const answers = await cluster.retry(
    what,
    async () => Promise.all([...(await cluster.byLeader(partitions))].map(([node, group]) => call(node, group))),
    (kind) => {
      if (kind !== 'again') cluster.forgetLeaders(partitions.map(({ topic }) => topic));
    },
  );
  return answers.flat();
}

function infoOf({ name, leaders }: TopicMetadata): TopicInfo {
  return { name, partitions: leaders.length };
}

function hasError(error: unknown, id: string): boolean {
  return brokerErrors(error).some((found) => found.id === id);
}

const INVALID = new Set([
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_PARTITIONS',
  'INVALID_CONFIG',
  'INVALID_REPLICATION_FACTOR',
]);

function topicInvalid(topic: string, error: unknown): Error | null {
  const found = brokerErrors(error).find(({ id }) => INVALID.has(id));
  return found === undefined ? null : failure('TOPIC_INVALID', { topic, reason: found.detail ?? found.id }, error);
}
