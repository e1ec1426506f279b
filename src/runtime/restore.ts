import { failure } from '../errors.ts';
import type { FetchedPartition, Fetcher, Log, Position, TopicPartition } from '../log/port.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { Change, StateBackend } from '../state/store.ts';
import { isMark, MARKED } from '../state/timed-key.ts';
import { changelogPosition, type TaskStore } from './task-stores.ts';

export interface RestoreOptions {
  readonly log: Pick<Log, 'fetcher' | 'offsets'>;
  readonly backend: StateBackend;
  /** The committed offsets of the task's inputs; a table's source is restored up to there. */
  readonly committed: readonly Position[];
  /** Looked at between answers: true ends the restoration early. */
  readonly cancelled?: () => boolean;
  /** Told of rows that cannot be brought up to date and are dropped. */
  readonly notify?: ((text: string) => void) | undefined;
  /** Called as records are put back. */
  readonly onProgress?: (progress: { store: string; records: number; position: number; end: number }) => void;
}

/** How far one store is. Several stores may be read from one partition. */
interface Restoration extends TopicPartition {
  readonly store: TaskStore;
  /** Under which name the state file notes the position. */
  readonly key: string;
  position: number;
  readonly end: number;
}

/**
 * Brings the stores of a task up to what is committed in the log: from the position that the state file holds, or from
 * the beginning where it holds none. Call it after the committed offsets are known to be stable: the high watermark
 * taken then covers every transaction that they belong to, and read_committed waits until those are decided. Returns the
 * number of records that were put back; the stores are not whole if it was cancelled.
 */
export async function restore(stores: Iterable<TaskStore>, options: RestoreOptions): Promise<number> {
  const pending: Restoration[] = [];
  for (const store of stores) {
    // Without a changelog its rows are what the back end has of them.
    if (store.declaration.changelog === false && store.declaration.sourceTopic === undefined) continue;
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

async function plan(store: TaskStore, { log, backend, committed, notify }: RestoreOptions): Promise<Restoration> {
  const { partition } = store;
  const { topic, key } = changelogPosition(store);
  const [earliest] = await log.offsets([{ topic, partition }], 'earliest');
  const [high] = await log.offsets([{ topic, partition }], 'end');
  const first = earliest?.offset ?? 0;
  const ofSource = committed.find((position) => position.topic === topic)?.offset;
  // Of a table's source only what the task has taken is part of its rows.
  const end = store.changelog === undefined ? (ofSource ?? first) : (high?.offset ?? 0);
  const stored = backend.checkpoints().find((at) => at.topic === key && at.partition === partition)?.offset;
  if (stored !== undefined && stored >= first && stored <= end)
    return { store, topic, partition, key, position: stored, end };
  // A position outside of the topic: of another topic of that name, or the records after it were cut off. Rows
  // without a position: of a store whose changelog was another topic. Neither can be brought up to date.
  if (stored !== undefined || !store.table.isEmpty()) {
    if (stored !== undefined && stored > end) {
      requireChangelog(store, { topic, end, stored, committed });
      notify?.(droppedText(store, { topic, first, end, stored }));
    }
    // In one transaction: rows without their position would pass for an empty table's.
    backend.commit(() => {
      store.table.clear();
      backend.forget([{ topic: key, partition }]);
    }, []);
  }
  return { store, topic, partition, key, position: first, end };
}

/** Rows that no log has any more are not dropped where the inputs would not be read again: results would be wrong. */
function requireChangelog(
  { declaration, partition, changelog }: TaskStore,
  { topic, end, stored, committed }: { topic: string; end: number; stored: number; committed: readonly Position[] },
): void {
  if (changelog === undefined || end > 0 || !committed.some(({ offset }) => offset > 0)) return;
  throw failure('CHANGELOG_LOST', { store: declaration.name, partition, topic, stored });
}

/** Not of a position before the first offset: that a changelog is cut off is as it should be. */
function droppedText(
  { declaration, partition }: TaskStore,
  { topic, first, end, stored }: { topic: string; first: number; end: number; stored: number },
): string {
  return `Partition ${partition} of store ${declaration.name} is made anew from ${topic}, which has offsets ${first} to ${end}: the state file stood at offset ${stored}, so that topic is another one than before. Rows that it lacks are gone.`;
}

async function run(pending: Restoration[], fetcher: Fetcher, options: RestoreOptions): Promise<number> {
  let total = 0;
  let open = pending;
  fetcher.assign(starts(open));
  while (open.length > 0 && options.cancelled?.() !== true) {
    for (const fetched of await fetcher.poll(500)) {
      for (const restoration of open)
        if (isOf(restoration, fetched)) total += await apply(restoration, fetched, options);
    }
    const left = open.filter(({ position, end }) => position < end);
    fetcher.unassign(open.filter((done) => !left.some((other) => isOf(other, done))));
    open = left;
  }
  return total;
}

/** Where to begin to read each partition: at the smallest position of its stores. */
function starts(pending: readonly Restoration[]): Position[] {
  return pending
    .filter((one) => !pending.some((other) => isOf(other, one) && other.position < one.position))
    .map(({ topic, partition, position }) => ({ topic, partition, offset: position }));
}

const isOf = (a: TopicPartition, b: TopicPartition): boolean => a.topic === b.topic && a.partition === b.partition;

async function apply(restoration: Restoration, fetched: FetchedPartition, options: RestoreOptions): Promise<number> {
  const { store, topic, partition, key, end } = restoration;
  const records = fetched.records.filter((record) => record.offset >= restoration.position && record.offset < end);
  await Promise.all([store.key.prepare?.(records), store.value.prepare?.(records)]);
  // Where the answer goes beyond the end, the position must not: those records are not part of the rows.
  const position = Math.max(restoration.position, Math.min(fetched.position, end));
  const changes = records.flatMap((record) => decode(store, record, { topic, partition }) ?? []);
  options.backend.commit(() => store.table.write(changes), [{ topic: key, partition, offset: position, time: -1 }]);
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
