import { failure } from '../errors.ts';
import type { Log, Subtopology, TopicSpec } from '../log/port.ts';
import type {
  GraphNode,
  OffsetReset,
  SinkDeclaration,
  SourceDeclaration,
  StoreDeclaration,
} from '../topology/graph.ts';
import { changelogTopic, repartitionTopic } from '../topology/naming.ts';
import { type Partitioning, planPartitions } from '../topology/partitioning.ts';
import type { PlannedSubtopology } from '../topology/subtopologies.ts';
import type { Topology } from '../topology/topology.ts';
import { nearest } from '../util/nearest.ts';

/** Times are those of events, and marks of stores may lie far ahead: whatever the broker's own settings, it keeps them. */
const ANY_TIME = { 'message.timestamp.type': 'CreateTime', 'message.timestamp.after.max.ms': String(2n ** 63n - 1n) };
/** Only the worker deletes what is in front. */
const FOR_EVER = { 'retention.ms': '-1', 'retention.bytes': '-1' };
/** A store's changelog may not lose the newest row of a key, a repartition topic is purged once it is read. */
const CHANGELOG_CONFIG = { 'cleanup.policy': 'compact', ...ANY_TIME };
/** Rows with times are compacted too, and cut off once they are too old: see `ChangelogTrim`. */
const TIMED_CHANGELOG_CONFIG = { 'cleanup.policy': 'compact,delete', ...FOR_EVER, ...ANY_TIME };
const REPARTITION_CONFIG = { 'cleanup.policy': 'delete', ...FOR_EVER, ...ANY_TIME };

/** A topology bound to an application id and a log: real topic names and partition counts. */
export class Application {
  readonly id: string;
  readonly topology: Topology;
  /** As the group coordinator is told. */
  readonly subtopologies: readonly Subtopology[];
  readonly #partitioning: Partitioning;
  readonly #partitions: Map<string, number>;
  readonly #others: number | undefined;

  private constructor(id: string, topology: Topology, existing: ReadonlyMap<string, number>, others?: number) {
    this.id = id;
    this.#others = others;
    this.topology = topology;
    this.#partitions = new Map(existing);
    this.#partitioning = planPartitions(topology, existing);
    for (const [name, count] of this.#partitioning.repartitions)
      this.#partitions.set(repartitionTopic(id, name), count);
    this.subtopologies = topology.subtopologies.map((planned) => this.#subtopology(planned));
  }

  /** For topics whose partition counts are known (the test driver). `others` is the count of all that are not. */
  static of(id: string, topology: Topology, partitions: ReadonlyMap<string, number>, others?: number): Application {
    return new Application(id, topology, partitions, others);
  }

  /** Looks up the topics that must exist. Throws TOPIC_UNKNOWN with the nearest name, NOT_COPARTITIONED. */
  static async bind(id: string, unresolved: Topology, log: Log): Promise<Application> {
    const topology = await resolved(id, unresolved, log);
    const needed = topology.graph.nodes.flatMap((node) => {
      const { source, sink, global } = node;
      if (global !== undefined) return [global.topic];
      if (sink?.choice !== undefined) return sink.choice === 'any' ? [] : sink.choice;
      const end = source ?? sink;
      return end === undefined || end.internal ? [] : [end.topic];
    });
    const writesAny = topology.graph.nodes.some(({ sink }) => sink?.choice === 'any');
    const names = writesAny ? (await log.topics()).map(({ name }) => name) : [...new Set(needed)];
    const found = await log.describeTopics(names);
    const existing = new Map(found.map(({ name, partitions }) => [name, partitions]));
    const missing = needed.find((topic) => !existing.has(topic));
    if (missing !== undefined) throw await unknownTopic(missing, log);
    return new Application(id, topology, existing);
  }

  topicOf(end: SourceDeclaration | SinkDeclaration): string {
    return end.internal ? repartitionTopic(this.id, end.topic) : end.topic;
  }

  /** The topics by which a sink's codecs are known; where it may choose any, one that stands for them all. */
  topicsOf(sink: SinkDeclaration): readonly string[] {
    return sink.choice === undefined || sink.choice === 'any' ? [this.topicOf(sink)] : sink.choice;
  }

  /** Whether a topic is one between two sub-topologies. */
  isRepartition(topic: string): boolean {
    return this.subtopologies.some(({ repartitionSources }) => repartitionSources.some(({ name }) => name === topic));
  }

  /** Whether a topic is one that the application made for itself. */
  isInternal(topic: string): boolean {
    const isChangelog = this.subtopologies.some(({ changelogs }) => changelogs.some(({ name }) => name === topic));
    return isChangelog || this.isRepartition(topic);
  }

  changelogOf(store: StoreDeclaration): string {
    return store.sourceTopic ?? changelogTopic(this.id, store.name);
  }

  partitionsOf(topic: string): number {
    const count = this.#partitions.get(topic) ?? this.#others;
    if (count === undefined) throw failure('TOPIC_UNKNOWN', { topic });
    return count;
  }

  /** Where to begin a topic that the group has never read. */
  resetOf(topic: string): OffsetReset {
    const node = this.topology.graph.nodes.find(({ source }) => source && this.topicOf(source) === topic);
    return node?.source?.reset ?? 'earliest';
  }

  /** The source nodes of a sub-topology that one partition number concerns. */
  sources(subtopology: number, partition: number): GraphNode[] {
    const nodes = this.topology.subtopologies[subtopology]?.nodes ?? [];
    return nodes.filter((node) => node.source && partition < this.partitionsOf(this.topicOf(node.source)));
  }

  #subtopology({ index, nodes }: PlannedSubtopology): Subtopology {
    const tasks = this.#partitioning.tasks[index] ?? 0;
    const sources = nodes.flatMap((node) => (node.source === undefined ? [] : [node.source]));
    const changelogs = nodes.flatMap(({ store }) =>
      store === undefined || store.sourceTopic !== undefined || store.changelog === false
        ? []
        : [this.#changelog(store, tasks)],
    );
    return {
      tasks,
      sources: unique(sources.filter((source) => !source.internal).map((source) => source.topic)),
      repartitionSources: unique(sources.filter((source) => source.internal).map((source) => this.topicOf(source))).map(
        (name): TopicSpec => ({ name, partitions: this.partitionsOf(name), config: REPARTITION_CONFIG }),
      ),
      changelogs,
      repartitionSinks: unique(nodes.flatMap(({ sink }) => (sink?.internal ? [this.topicOf(sink)] : []))),
      copartitioned: (this.#partitioning.copartitioned[index] ?? []).map((set) =>
        unique(set.map((source) => this.topicOf(source))),
      ),
    };
  }

  #changelog({ name, timed }: StoreDeclaration, partitions: number): TopicSpec {
    const isExpiring = timed !== undefined && Number.isFinite(timed.retentionMs);
    const config = isExpiring ? TIMED_CHANGELOG_CONFIG : CHANGELOG_CONFIG;
    return { name: changelogTopic(this.id, name), partitions, config };
  }
}

/** Patterns choose from all topics but the application's own internal ones. */
async function resolved(id: string, topology: Topology, log: Log): Promise<Topology> {
  if (topology.patterns.length === 0) return topology;
  const own = (name: string): boolean => name.startsWith(`${id}-`) && /-(changelog|repartition)$/.test(name);
  const topics = await log.topics();
  return topology.resolve(topics.map(({ name }) => name).filter((name) => !own(name)));
}

async function unknownTopic(topic: string, log: Log): Promise<Error> {
  const names = (await log.topics()).map(({ name }) => name);
  const near = nearest(topic, names);
  return failure('TOPIC_UNKNOWN', {
    topic,
    ...(near === undefined ? {} : { hint: `Did you mean ${near}? Otherwise create it first.` }),
  });
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];
