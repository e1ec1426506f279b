import { failure } from '../errors.ts';
import type { FetchedPartition, Fetcher, Log, Position, TopicPartition } from '../log/port.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { Change, StateBackend } from '../state/store.ts';
import { isMark, MARKED } from '../state/timed-key.ts';
import type { TaskStore } from './task-stores.ts';

export interface RestoreOptions {
  readonly log: Pick<Log, 'fetcher' | 'offsets'>;
  readonly backend: StateBackend;
  /** The committed offsets of the task's inputs; a table's source is restored up to there. */
  readonly committed: readonly Position[];
  /** Called as records are put back. */
  readonly onProgress?: (progress: { store: string; records: number; position: number; end: number }) => void;
}

interface Restoration extends TopicPartition {
  readonly store: TaskStore;
  position: number;
  readonly end: number;
  /** The largest timestamp of what the rows stand for; kept where the source topic is also an input. */
  time: number;
}

/**
 * Brings the stores of a task up to what is committed in the log: from the position that the state file holds, or from
 * the beginning where it holds none. Call it after the committed offsets are known to be stable: the high watermark
 * taken then covers every transaction that they belong to, and read_committed waits until those are decided.
 */
export async function restore(stores: Iterable<TaskStore>, options: RestoreOptions): Promise<number> {
  const pending: Restoration[] = [];
  for (const store of stores) {
    const restoration = await plan(store, options);
    if (restoration.position < restoration.end) pending.push(restoration);
  }
  if (pending.length === 0) return 0;
  const fetcher = options.log.fetcher({ maxBytesPerPartition: 1 << 20 });
  try {
    return await run(pending, fetcher, options);
  } finally {
    await fetcher.close();
  }
}

async function plan(store: TaskStore, { log, backend, committed }: RestoreOptions): Promise<Restoration> {
  const { topic, partition } = store;
  const [earliest] = await log.offsets([store], 'earliest');
  const [high] = await log.offsets([store], 'end');
  const first = earliest?.offset ?? 0;
  const ofSource = committed.find((position) => position.topic === topic)?.offset;
  // Of a table's source only what the task has taken is part of its rows.
  const end = store.changelog === undefined ? (ofSource ?? first) : (high?.offset ?? 0);
  const checkpoint = backend.checkpoints().find((at) => at.topic === topic && at.partition === partition);
  const stored = checkpoint?.offset;
  const time = checkpoint?.time ?? -1;
  // A position outside of the topic stands for another one of the same name: what the file holds is not of this log.
  if (stored !== undefined && stored >= first && stored <= end)
    return { store, topic, partition, position: stored, end, time };
  if (stored !== undefined) {
    // In one transaction: rows without their position would pass for an empty table's.
    backend.commit(() => {
      store.table.clear();
      backend.forget([store]);
    }, []);
  }
  return { store, topic, partition, position: first, end, time };
}

async function run(pending: Restoration[], fetcher: Fetcher, options: RestoreOptions): Promise<number> {
  let total = 0;
  let open = pending;
  fetcher.assign(open.map(({ topic, partition, position }) => ({ topic, partition, offset: position })));
  while (open.length > 0) {
    for (const fetched of await fetcher.poll(500)) {
      const restoration = open.find(
        ({ topic, partition }) => topic === fetched.topic && partition === fetched.partition,
      );
      if (restoration !== undefined) total += await apply(restoration, fetched, options);
    }
    const done = open.filter(({ position, end }) => position >= end);
    fetcher.unassign(done);
    open = open.filter(({ position, end }) => position < end);
  }
  return total;
}

async function apply(restoration: Restoration, fetched: FetchedPartition, options: RestoreOptions): Promise<number> {
  const { store, topic, partition, end } = restoration;
  const records = fetched.records.filter((record) => record.offset < end);
  await Promise.all([store.key.prepare?.(records), store.value.prepare?.(records)]);
  // Where the answer goes beyond the end, the position must not: those records are not part of the rows.
  const position = Math.min(fetched.position, end);
  const changes = records.flatMap((record) => decode(store, record, { topic, partition }) ?? []);
  if (store.changelog === undefined)
    for (const { timestamp } of records) restoration.time = Math.max(restoration.time, timestamp);
  const { time } = restoration;
  options.backend.commit(() => store.table.write(changes), [{ topic, partition, offset: position, time }]);
  restoration.position = position;
  options.onProgress?.({ store: store.declaration.name, records: records.length, position, end });
  return records.length;
}

function decode(store: TaskStore, record: FetchedRecord, from: TopicPartition): Change<unknown, unknown> | undefined {
  const { buffer, keyStart, keyEnd, valueStart, valueEnd, timestamp, offset } = record;
  if (keyEnd < 0) return undefined;
  try {
    const key = store.key.decode(buffer, keyStart, keyEnd);
    if (store.declaration.timed !== undefined && isMark(key)) return { key, value: MARKED, timestamp };
    return { key, value: valueEnd < 0 ? null : store.value.decode(buffer, valueStart, valueEnd), timestamp };
  } catch (error) {
    // A table's source may hold what its task passed over as bad input; nobody but us writes a changelog.
    if (store.changelog === undefined) return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw failure('RESTORE_FAILED', { store: store.declaration.name, ...from, offset, reason }, error);
  }
}
