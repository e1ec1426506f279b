import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError, errorId } from './broker-error.ts';
import type { Cluster } from './cluster.ts';
import { type FetchTopic, fetchV16, type PartitionAnswer } from './fetch-api.ts';
import type { FetchedBatches, PartitionCursor } from './partition-cursor.ts';
import { backoffMs, remedyOf } from './retry.ts';

/** What a loop asks of the fetcher that it works for. */
export interface FetchLoopOwner {
  readonly cluster: Cluster;
  readonly lane: string;
  readonly readCommitted: boolean;
  readonly maxBytesPerPartition: number;
  readonly closed: boolean;
  /** Those to read from this broker now. */
  cursorsOf(node: number): PartitionCursor[];
  /** Still assigned, and not to another offset. */
  isCurrent(cursor: PartitionCursor): boolean;
  /** Hands over; resolves when the caller is ready for more. */
  deliver(node: number, fetched: FetchedBatches[]): Promise<void>;
  /** Resolves when `cursorsOf` may have something new. */
  woken(): Promise<void>;
  /** The partition's own error, or the leader's loss. */
  onError(cursor: PartitionCursor, error: unknown): void;
}

/** How long a broker may hold a fetch that finds nothing: also the longest delay for a partition that is added. */
const MAX_WAIT_MS = 100;

/** Reads from one broker: the next fetch is under way while the caller works on the answer before. */
export async function runFetchLoop(owner: FetchLoopOwner, node: number): Promise<void> {
  for (let failures = 0; !owner.closed; ) {
    const cursors = owner.cursorsOf(node);
    if (cursors.length === 0) {
      await owner.woken();
      continue;
    }
    try {
      const fetched = await fetchOnce(owner, node, cursors);
      failures = 0;
      if (fetched.length > 0) await owner.deliver(node, fetched);
    } catch (error) {
      for (const cursor of cursors) owner.onError(cursor, error);
      await delay(backoffMs(remedyOf(error), failures++));
    }
  }
}

async function fetchOnce(owner: FetchLoopOwner, node: number, cursors: PartitionCursor[]): Promise<FetchedBatches[]> {
  const { cluster, lane, readCommitted, maxBytesPerPartition } = owner;
  const connection = await cluster.node(node, lane);
  const asked = new Map<string, Map<number, PartitionCursor>>();
  const topics = topicsOf(cluster, cursors, asked);
  const request = { maxWaitMs: MAX_WAIT_MS, readCommitted, maxBytesPerPartition, topics };
  const response = await fetchV16.async(connection, request);
  if (response.errorCode !== 0) throw new BrokerError('Fetch', response.errorCode);
  const fetched: FetchedBatches[] = [];
  for (const { topicId, partitions } of response.topics) {
    for (const answer of partitions) {
      const cursor = asked.get(topicId)?.get(answer.partition);
      if (cursor === undefined || !owner.isCurrent(cursor)) continue;
      const batches = take(owner, cursor, answer);
      if (batches !== null) fetched.push(batches);
    }
  }
  return fetched;
}

function take(owner: FetchLoopOwner, cursor: PartitionCursor, answer: PartitionAnswer): FetchedBatches | null {
  try {
    if (answer.errorCode !== 0) throw new BrokerError('Fetch', errorId(answer.errorCode));
    cursor.missingSince = 0;
    return cursor.take(answer, owner.readCommitted);
  } catch (error) {
    owner.onError(cursor, error);
    return null;
  }
}

/** The request's topics; `asked` is filled to find the cursors again by topic id. */
function topicsOf(
  cluster: Cluster,
  cursors: readonly PartitionCursor[],
  asked: Map<string, Map<number, PartitionCursor>>,
): FetchTopic[] {
  for (const cursor of cursors) {
    const id = cluster.topic(cursor.topic)?.id;
    if (id === undefined) throw new BrokerError('Fetch', 'UNKNOWN_TOPIC_OR_PARTITION', cursor.topic);
    const partitions = asked.get(id);
    if (partitions === undefined) asked.set(id, new Map([[cursor.partition, cursor]]));
    else partitions.set(cursor.partition, cursor);
  }
  return [...asked].map(([topicId, partitions]) => ({ topicId, partitions: [...partitions.values()] }));
}
