import type { Subtopology, TaskId, TopicSpec } from '../port.ts';
import type { InternalTopic, SubtopologyInfo, TaskIds } from './streams-heartbeat-api.ts';

/** The sub-topologies as the group coordinator wants them. */
export function subtopologyInfos(subtopologies: readonly Subtopology[]): SubtopologyInfo[] {
  return subtopologies.map((subtopology, index) => ({
    id: String(index),
    sources: subtopology.sources,
    // The broker gives a changelog as many partitions as there are tasks; another number is an error.
    changelogs: subtopology.changelogs.map((topic) => internalTopic(topic, 0)),
    repartitionSinks: subtopology.repartitionSinks,
    repartitionSources: subtopology.repartitionSources.map((topic) => internalTopic(topic, topic.partitions)),
    copartitioned: subtopology.copartitioned.map((topics) => ({
      sources: indexes(subtopology.sources, topics),
      repartitionSources: indexes(
        subtopology.repartitionSources.map(({ name }) => name),
        topics,
      ),
    })),
  }));
}

function internalTopic({ name, config = {} }: TopicSpec, partitions: number): InternalTopic {
  return { name, partitions, config };
}

function indexes(names: readonly string[], wanted: readonly string[]): number[] {
  return wanted.map((name) => names.indexOf(name)).filter((index) => index >= 0);
}

export function toTaskIds(tasks: readonly TaskId[]): TaskIds[] {
  const groups = new Map<number, number[]>();
  for (const { subtopology, partition } of tasks) {
    const group = groups.get(subtopology);
    if (group === undefined) groups.set(subtopology, [partition]);
    else group.push(partition);
  }
  return [...groups].map(([subtopology, partitions]) => ({ subtopology: String(subtopology), partitions }));
}

export function fromTaskIds(ids: readonly TaskIds[]): TaskId[] {
  return ids.flatMap(({ subtopology, partitions }) =>
    partitions.map((partition) => ({ subtopology: Number(subtopology), partition })),
  );
}
