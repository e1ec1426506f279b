import { failure } from '../errors.ts';
import type { Log, Position, TopicPartition } from '../log/port.ts';
import type { OffsetReset } from '../topology/graph.ts';
import type { Application } from './application.ts';

export interface StartInputs {
  readonly partitions: readonly TopicPartition[];
  readonly committed: readonly Position[];
  /** The clock on the wall, ms since 1970. */
  readonly now: number;
  /** Told of a committed offset whose record the log no longer has. */
  readonly onReset: (from: Position, to: Position) => void;
}

/**
 * The committed offsets; where there is none yet, or the log no longer reaches back so far, what the source says. In the
 * order of the inputs: of records with equal timestamps the first input's come first, and a restart must not change that.
 */
export async function startPositions(log: Log, application: Application, inputs: StartInputs): Promise<Position[]> {
  const { partitions, committed } = inputs;
  const known = new Map(committed.map((position) => [position.topic, position]));
  const earliest = await log.offsets(partitions, 'earliest');
  const found = await Promise.all(
    partitions.map(async (partition): Promise<Position[]> => {
      const position = known.get(partition.topic);
      const first = earliest.find(({ topic }) => topic === partition.topic)?.offset ?? 0;
      if (position !== undefined && position.offset >= first) return [position];
      const begin = await startOf(log, partition, { reset: application.resetOf(partition.topic), now: inputs.now });
      if (position !== undefined && begin[0] !== undefined) inputs.onReset(position, begin[0]);
      return begin;
    }),
  );
  return found.flat();
}

async function startOf(
  log: Log,
  partition: TopicPartition,
  { reset, now }: { reset: OffsetReset; now: number },
): Promise<Position[]> {
  if (reset === 'none') throw failure('OFFSET_MISSING', { topic: partition.topic });
  if (reset === 'latest') return log.offsets([partition], 'stable');
  if (reset === 'earliest') return log.offsets([partition], 'earliest');
  return log.offsets([partition], now - reset.byDurationMs);
}
