import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect } from 'vitest';
import { type ErrorCode, isMillraceError } from '../../../src/errors.ts';
import type {
  FetchedPartition,
  Fetcher,
  Log,
  Membership,
  Position,
  Producer,
  ProducerOptions,
  Subtopology,
  TaskId,
  TopicPartition,
} from '../../../src/log/port.ts';
import { type FetchedRecord, keyBytes, valueBytes } from '../../../src/log/records/fetched-record.ts';

export { record } from './record.ts';

/** Where logs truly differ. */
export interface Capabilities {
  /** A member that joins under an id that is in use takes its place: the group fences the older one's commits. */
  readonly replacesMembers: boolean;
  /** How long a silent member stays in its group; undefined where a test cannot wait for it. */
  readonly sessionTimeoutMs?: number;
  /** How long a case may take. */
  readonly timeoutMs: number;
}

/** A handle on the log under test: each one is a client of its own. */
export type OpenLog = () => Promise<Log>;

/** What the cases work with. What they open is closed after each. */
export interface Bench {
  readonly log: () => Promise<Log>;
  readonly capabilities: Capabilities;
  /** A name that no other case uses. */
  readonly name: (what: string) => string;
  readonly topic: (partitions?: number) => Promise<string>;
  readonly producer: (options?: ProducerOptions) => Promise<Producer>;
}

export function bench(openLog: OpenLog, capabilities: Capabilities): Bench {
  const opened: Log[] = [];
  const log = async (): Promise<Log> => {
    const one = await openLog();
    opened.push(one);
    return one;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  const name = (what: string): string => `${what}-${randomUUID().slice(0, 8)}`;
  const topic = async (partitions = 1): Promise<string> => {
    const made = name('topic');
    await (await log()).createTopics([{ name: made, partitions }]);
    return made;
  };
  const producer = async (options: ProducerOptions = {}): Promise<Producer> => (await log()).producer(options);
  return { log, capabilities, name, topic, producer };
}

export function allOf(topic: string, partitions: number): TopicPartition[] {
  return Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
}

export function textOf(found: FetchedRecord): string | null {
  return valueBytes(found)?.toString() ?? null;
}

export function keyTextOf(found: FetchedRecord): string | null {
  return keyBytes(found)?.toString() ?? null;
}

/** Polls until all partitions stand at the ends, and returns what came, in the order of each partition. */
export async function readTo(fetcher: Fetcher, ends: readonly Position[]): Promise<Map<number, FetchedRecord[]>> {
  const records = new Map<number, FetchedRecord[]>(ends.map(({ partition }) => [partition, []]));
  const missing = new Map(ends.filter(({ offset }) => offset > 0).map(({ partition, offset }) => [partition, offset]));
  while (missing.size > 0) {
    for (const found of await fetcher.poll(10_000)) {
      records.get(found.partition)?.push(...found.records);
      if (found.position >= (missing.get(found.partition) ?? 0)) missing.delete(found.partition);
    }
  }
  return records;
}

/** Where readers can get to. A commit is seen a moment after it was acknowledged: waits for that, at most a second. */
export async function stableEnds(log: Log, partitions: readonly TopicPartition[]): Promise<Position[]> {
  for (let left = 20; ; left--) {
    const stable = await log.offsets(partitions, 'stable');
    const ends = await log.offsets(partitions, 'end');
    const isOpen = stable.some(({ offset }, at) => offset < (ends[at]?.offset ?? 0));
    if (!isOpen || left === 0) return stable;
    await delay(50);
  }
}

/** All committed records of a topic, partition after partition. */
export async function readAll(log: Log, topic: string): Promise<FetchedRecord[]> {
  const [info] = await log.describeTopics([topic]);
  const partitions = allOf(topic, info?.partitions ?? 0);
  const starts = await log.offsets(partitions, 'earliest');
  const ends = await stableEnds(log, partitions);
  const fetcher = log.fetcher();
  fetcher.assign(starts);
  const startOf = new Map(starts.map(({ partition, offset }) => [partition, offset]));
  const records = await readTo(
    fetcher,
    ends.filter(({ partition, offset }) => offset > (startOf.get(partition) ?? 0)),
  );
  await fetcher.close();
  return [...records.keys()].sort((a, b) => a - b).flatMap((partition) => records.get(partition) ?? []);
}

/** Polls until something came. */
export async function pollSome(fetcher: Fetcher): Promise<FetchedPartition> {
  for (;;) {
    const found = (await fetcher.poll(10_000)).find(({ records }) => records.length > 0);
    if (found !== undefined) return found;
  }
}

export async function expectFailure(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isMillraceError(error, code), `expected ${code}, got ${error}`).toBe(true);
}

/** One sub-topology that reads the topic. */
export function reading(topic: string, tasks: number, more: Partial<Subtopology> = {}): Subtopology {
  const none = { repartitionSources: [], changelogs: [], repartitionSinks: [], copartitioned: [] };
  return { sources: [topic], tasks, ...none, ...more };
}

export function partitionsOf(tasks: readonly TaskId[] | null): number[] {
  return (tasks ?? []).map((task) => task.partition).sort((a, b) => a - b);
}

/** Waits for a state of the member. */
export async function until(member: Membership, reached: (member: Membership) => boolean): Promise<void> {
  while (!reached(member)) {
    if (member.failure !== null) throw member.failure;
    await member.changed();
  }
}

export function untilTasks(member: Membership, count: number): Promise<void> {
  return until(member, ({ assigned }) => assigned?.length === count);
}
