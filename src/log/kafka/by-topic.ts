import type { TopicPartition } from '../port.ts';

/** As Kafka's requests want partitions: under their topics. */
export function byTopic<P extends TopicPartition>(partitions: Iterable<P>): [topic: string, members: P[]][] {
  const topics = new Map<string, P[]>();
  for (const partition of partitions) {
    const known = topics.get(partition.topic);
    if (known === undefined) topics.set(partition.topic, [partition]);
    else known.push(partition);
  }
  return [...topics];
}
