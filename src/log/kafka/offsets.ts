import { listOffsetsV8, offsetFetchV9 } from '@platformatic/kafka';
import type { CommittedPosition, Log, Position, TopicPartition } from '../port.ts';
import { perLeader } from './admin.ts';
import { byTopic } from './by-topic.ts';
import type { Cluster } from './cluster.ts';
import { timeOf } from './offset-metadata.ts';

type At = Parameters<Log['offsets']>[1];

const LATEST = -1n;
const EARLIEST = -2n;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
/** What the broker answers where no record is that young. */
const NONE = -1;

/** The offset of each partition; see the port. */
export async function listOffsets(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  at: At,
): Promise<Position[]> {
  const timestamp = at === 'earliest' ? EARLIEST : typeof at === 'number' ? BigInt(at) : LATEST;
  const isolation = at === 'stable' ? READ_COMMITTED : READ_UNCOMMITTED;
  const found = await perLeader(cluster, 'list offsets', partitions, async (node, group) => {
    const connection = await cluster.node(node);
    const topics = byTopic(group).map(([name, members]) => ({
      name,
      partitions: members.map(({ partition }) => ({ partitionIndex: partition, currentLeaderEpoch: -1, timestamp })),
    }));
    const answer = await listOffsetsV8.api.async(connection, -1, isolation, topics);
    return answer.topics.flatMap((topic) =>
      topic.partitions.map(({ partitionIndex: partition, offset }) => ({
        topic: topic.name,
        partition,
        offset: Number(offset),
      })),
    );
  });
  const late = found.filter(({ offset }) => offset === NONE);
  const ends = typeof at === 'number' && late.length > 0 ? await listOffsets(cluster, late, 'end') : [];
  return inOrder(partitions, [...found.filter(({ offset }) => offset !== NONE), ...ends]);
}

/** What a group has committed, waiting while a transaction holds an offset. */
export async function committedOffsets(
  cluster: Cluster,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<CommittedPosition[]> {
  if (partitions.length === 0) return [];
  const topics = byTopic(partitions).map(([name, members]) => ({
    name,
    partitionIndexes: members.map(({ partition }) => partition),
  }));
  const request = [{ groupId: group, memberId: null, memberEpoch: -1, topics }];
  const call = { type: 'group', key: group, lane: 'offsets', what: `read the offsets of ${group}` } as const;
  const answer = await cluster.retryCoordinator(call, (connection) =>
    offsetFetchV9.api.async(connection, request, true),
  );
  const found = answer.groups.flatMap((one) =>
    one.topics.flatMap((topic) =>
      topic.partitions.map(({ partitionIndex: partition, committedOffset, metadata }) => {
        const time = timeOf(metadata);
        return { topic: topic.name, partition, offset: Number(committedOffset), ...(time !== undefined && { time }) };
      }),
    ),
  );
  return inOrder(
    partitions,
    found.filter(({ offset }) => offset >= 0),
  );
}

/** Answers come by broker and topic; callers get them in the order in which they asked. */
function inOrder<P extends Position>(partitions: readonly TopicPartition[], found: readonly P[]): P[] {
  const byName = new Map(found.map((position) => [`${position.topic}/${position.partition}`, position]));
  return partitions.flatMap(({ topic, partition }) => byName.get(`${topic}/${partition}`) ?? []);
}
