import { failure } from '../../errors.ts';
import type { Subtopology, TopicSpec } from '../port.ts';
import type { Topics } from './topics.ts';

/** What two members of a group must have alike, as text. Settings of topics may differ: the first to make one decides. */
export function topologyText(subtopologies: readonly Subtopology[]): string {
  const names = (specs: readonly TopicSpec[]): string[] =>
    specs.map((spec) => `${spec.name}/${spec.partitions}`).sort();
  return JSON.stringify(
    subtopologies.map((one) => ({
      tasks: one.tasks,
      sources: [...one.sources].sort(),
      repartitionSources: names(one.repartitionSources),
      changelogs: names(one.changelogs),
      repartitionSinks: [...one.repartitionSinks].sort(),
    })),
  );
}

/** Where two topologies first differ. */
export function topologyDifference(before: string, after: string): string {
  const [old, young] = [partsOf(before), partsOf(after)];
  if (old.length !== young.length) return `it has ${young.length} sub-topologies instead of ${old.length}`;
  const index = old.findIndex((part, at) => part !== young[at]);
  return `sub-topology ${index} is ${young[index]} instead of ${old[index]}`;
}

function partsOf(text: string): string[] {
  const parts: unknown = JSON.parse(text);
  return Array.isArray(parts) ? parts.map((part) => JSON.stringify(part)) : [];
}

/**
 * Makes the topics between sub-topologies and of stores, and sees that the sources are there. Throws TOPIC_UNKNOWN,
 * TOPIC_PARTITIONS_DIFFER.
 */
export function prepareTopics(topics: Topics, subtopologies: readonly Subtopology[]): void {
  for (const { repartitionSources, changelogs } of subtopologies) {
    for (const spec of [...repartitionSources, ...changelogs]) {
      topics.create(spec);
      const found = topics.describe([spec.name])[0]?.partitions;
      if (found === spec.partitions) continue;
      throw failure('TOPIC_PARTITIONS_DIFFER', { topic: spec.name, found, needed: spec.partitions });
    }
  }
  for (const topic of subtopologies.flatMap((one) => one.sources)) {
    if (topics.describe([topic]).length === 0) throw failure('TOPIC_UNKNOWN', { topic });
  }
}
