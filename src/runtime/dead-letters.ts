import type { Log } from '../log/port.ts';

/** The topic that dead letters go to; made if it is missing, so that the first bad record does not stop the worker. */
export async function openDeadLetterTopic(log: Log, topic: string): Promise<void> {
  await log.createTopics([
    { name: topic, partitions: 1, config: { 'cleanup.policy': 'delete', 'retention.ms': '-1' } },
  ]);
}
