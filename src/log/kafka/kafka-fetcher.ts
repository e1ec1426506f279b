import { setTimeout as delay } from 'node:timers/promises';
import { failure } from '../../errors.ts';
import type { FetchedPartition, Fetcher, FetcherOptions, Position, TopicPartition } from '../port.ts';
import { brokerErrors } from './broker-error.ts';
import type { Cluster } from './cluster.ts';
import { type FetchLoopOwner, runFetchLoop } from './node-fetch-loop.ts';
import { listOffsets } from './offsets.ts';
import { type FetchedBatches, PartitionCursor, recordsOf } from './partition-cursor.ts';
import { asMillraceError, isHopeless, remedyOf } from './retry.ts';
import { Signal } from './signal.ts';

const DEFAULT_PARTITION_BYTES = 256 << 10;
/** Between two looks for leaders. */
const LOOK_UP_MS = 50;
/** A new topic is not known everywhere at once; after this it counts as missing. */
const MISSING_TOPIC_MS = 3000;
/** The leader of a partition that is not to be read for now. */
const NOBODY = -1;

/** Reads from all leaders at once, one answer ahead of the caller. */
export class KafkaFetcher implements Fetcher, FetchLoopOwner {
  readonly cluster: Cluster;
  readonly lane: string;
  readonly readCommitted: boolean;
  readonly maxBytesPerPartition: number;
  closed = false;
  readonly #cursors = new Map<string, PartitionCursor>();
  readonly #loops = new Map<number, Promise<void>>();
  #ready: { readonly node: number; readonly fetched: FetchedBatches }[] = [];
  readonly #arrived = new Signal();
  readonly #polled = new Signal();
  readonly #changed = new Signal();
  #lookUp: Promise<void> | undefined;

  constructor(cluster: Cluster, options: FetcherOptions = {}) {
    this.cluster = cluster;
    this.lane = cluster.newLane('fetch');
    this.readCommitted = (options.isolation ?? 'read_committed') === 'read_committed';
    this.maxBytesPerPartition = options.maxBytesPerPartition ?? DEFAULT_PARTITION_BYTES;
  }

  assign(positions: readonly Position[]): void {
    for (const position of positions) this.#cursors.set(keyOf(position), new PartitionCursor(position));
    this.#dropStale();
    this.#start();
  }

  unassign(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#cursors.delete(keyOf(partition));
    this.#dropStale();
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#setPaused(partitions, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#setPaused(partitions, false);
    this.#changed.raise();
  }

  async poll(maxWaitMs: number): Promise<FetchedPartition[]> {
    if (this.#ready.length === 0 && this.#failed() === undefined) await this.#arrived.wait(maxWaitMs);
    const failed = this.#failed();
    if (failed !== undefined) throw failed;
    const ready = this.#ready;
    this.#ready = [];
    this.#polled.raise();
    return ready.flatMap(({ fetched }) => this.#open(fetched));
  }

  async close(): Promise<void> {
    this.closed = true;
    this.#cursors.clear();
    this.#dropStale();
    this.#changed.raise();
    this.#polled.raise();
    this.#arrived.raise();
    await this.cluster.connections.release(this.lane);
    await Promise.all([this.#lookUp, ...this.#loops.values()]);
  }

  cursorsOf(node: number): PartitionCursor[] {
    const cursors: PartitionCursor[] = [];
    for (const cursor of this.#cursors.values()) {
      if (cursor.leader === node && !cursor.paused && cursor.failure === undefined) cursors.push(cursor);
    }
    return cursors;
  }

  isCurrent(cursor: PartitionCursor): boolean {
    return this.#cursors.get(keyOf(cursor)) === cursor;
  }

  async deliver(node: number, fetched: FetchedBatches[]): Promise<void> {
    // The answer before must be gone first: what waits here is the one answer ahead.
    while (this.#ready.some((ready) => ready.node === node) && !this.closed) await this.#polled.wait();
    for (const one of fetched) if (this.isCurrent(one.cursor)) this.#take(node, one);
    if (this.#ready.length > 0) this.#arrived.raise();
  }

  /** Who was served goes to the end: a broker gives a whole large batch only to the first partition of a request. */
  #take(node: number, fetched: FetchedBatches): void {
    const key = keyOf(fetched.cursor);
    this.#cursors.delete(key);
    this.#cursors.set(key, fetched.cursor);
    this.#ready.push({ node, fetched });
  }

  woken(): Promise<void> {
    return this.#changed.wait();
  }

  onError(cursor: PartitionCursor, error: unknown): void {
    const { topic, partition } = cursor;
    const kind = remedyOf(error);
    if (brokerErrors(error).some(({ id }) => id === 'OFFSET_OUT_OF_RANGE')) {
      cursor.leader = NOBODY;
      this.#failOutOfRange(cursor, error).catch((other) => this.#fail(cursor, other));
    } else if (isHopeless(kind)) {
      this.#fail(cursor, asMillraceError(error, `read ${topic}-${partition}`, 0));
    } else if (kind !== 'again') {
      this.cluster.forgetLeaders([topic]);
      cursor.leader = undefined;
      this.#start();
    }
  }

  /** A batch that cannot be read fails its own partition only: the others of the answer are handed over. */
  #open(fetched: FetchedBatches): FetchedPartition[] {
    try {
      return [recordsOf(fetched)];
    } catch (error) {
      this.#fail(fetched.cursor, error);
      return [];
    }
  }

  /** The broker's answer does not say what it has, so that is asked for. */
  async #failOutOfRange(cursor: PartitionCursor, cause: unknown): Promise<void> {
    const { topic, partition, position: offset } = cursor;
    const [first] = await listOffsets(this.cluster, [cursor], 'earliest');
    const [last] = await listOffsets(this.cluster, [cursor], 'end');
    const range = { earliest: first?.offset, end: last?.offset };
    this.#fail(cursor, failure('OFFSET_OUT_OF_RANGE', { topic, partition, offset, ...range }, cause));
  }

  get #isClosed(): boolean {
    return this.closed || this.cluster.connections.closed;
  }

  #setPaused(partitions: readonly TopicPartition[], paused: boolean): void {
    for (const partition of partitions) {
      const cursor = this.#cursors.get(keyOf(partition));
      if (cursor !== undefined) cursor.paused = paused;
    }
  }

  #failed(): unknown {
    for (const { failure: failed } of this.#cursors.values()) if (failed !== undefined) return failed;
    return undefined;
  }

  #fail(cursor: PartitionCursor, error: unknown): void {
    cursor.failure = error;
    this.#arrived.raise();
  }

  #dropStale(): void {
    this.#ready = this.#ready.filter(({ fetched }) => this.isCurrent(fetched.cursor));
    this.#polled.raise();
  }

  /** Finds the leaders of cursors that have none, and starts the loops of these brokers. */
  #start(): void {
    if (this.#lookUp !== undefined || this.#isClosed) return;
    this.#lookUp = this.#findLeaders().finally(() => {
      this.#lookUp = undefined;
      if (this.#homeless().length > 0) this.#start();
    });
  }

  async #findLeaders(): Promise<void> {
    for (let homeless = this.#homeless(); homeless.length > 0 && !this.#isClosed; homeless = this.#homeless()) {
      const unknown = homeless.filter((cursor) => this.cluster.leader(cursor) === undefined);
      const names = new Set(unknown.map(({ topic }) => topic));
      // A failed look-up is repeated for as long as the partitions are assigned.
      const found = names.size === 0 ? [] : await this.cluster.refresh([...names]).catch(() => null);
      for (const cursor of homeless) this.#place(cursor, found !== null);
      this.#changed.raise();
      if (this.#homeless().length > 0) await delay(LOOK_UP_MS);
    }
  }

  #place(cursor: PartitionCursor, isFresh: boolean): void {
    cursor.leader = this.cluster.leader(cursor);
    const { leader, topic, partition } = cursor;
    if (leader !== undefined) {
      if (!this.#loops.has(leader)) this.#loops.set(leader, runFetchLoop(this, leader));
      return;
    }
    if (!isFresh) return;
    const partitions = this.cluster.topic(topic)?.leaders.length;
    if (partitions !== undefined && partition < partitions) return; // An election is under way.
    cursor.missingSince ||= Date.now();
    if (Date.now() - cursor.missingSince < MISSING_TOPIC_MS) return;
    const missing = partitions === undefined ? 'TOPIC_UNKNOWN' : 'PARTITION_UNKNOWN';
    this.#fail(cursor, failure(missing, { topic, partition, partitions }));
  }

  #homeless(): PartitionCursor[] {
    return [...this.#cursors.values()].filter(
      ({ leader, failure: failed }) => leader === undefined && failed === undefined,
    );
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
