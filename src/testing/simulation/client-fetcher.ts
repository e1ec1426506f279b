import { failure } from '../../errors.ts';
import type { FetchedPartition, Fetcher, Position, TopicPartition } from '../../log/port.ts';
import type { Actor } from './actor.ts';
import type { World } from './client.ts';
import { nameOf } from './group.ts';
import { WAIT } from './wire.ts';

interface Reading extends TopicPartition {
  position: number;
  isPaused: boolean;
}

/** How often it looks again where there is nothing yet, ms. */
const LOOK_MS = 8;

export interface ClientFetcherOptions {
  readonly isolation: 'read_committed' | 'read_uncommitted';
  /** What its requests are called. */
  readonly purpose: string;
}

/** Reads some records of some partitions at a time, as the seed has it. */
export class ClientFetcher implements Fetcher {
  readonly #world: World;
  readonly #actor: Actor;
  readonly #options: ClientFetcherOptions;
  readonly #readings = new Map<string, Reading>();
  #isClosed = false;

  constructor(world: World, actor: Actor, options: ClientFetcherOptions) {
    this.#world = world;
    this.#actor = actor;
    this.#options = options;
  }

  assign(positions: readonly Position[]): void {
    for (const { topic, partition, offset } of positions) {
      const isPaused = this.#readings.get(nameOf({ topic, partition }))?.isPaused ?? false;
      this.#readings.set(nameOf({ topic, partition }), { topic, partition, position: offset, isPaused });
    }
  }

  unassign(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#readings.delete(nameOf(each));
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#setPaused(each, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#setPaused(each, false);
  }

  async poll(maxWaitMs: number): Promise<FetchedPartition[]> {
    const { scheduler, wire } = this.#world;
    const deadline = scheduler.now + maxWaitMs;
    const look = (): [Reading, FetchedPartition][] | typeof WAIT => {
      const found = this.#isClosed ? [] : this.#read();
      return found.length > 0 || this.#isClosed || scheduler.now >= deadline ? found : WAIT;
    };
    const found = await wire.request(this.#actor, this.#options.purpose, look, LOOK_MS);
    // What was given up or moved while the answer was under way is not wanted any more.
    return found.flatMap(([reading, fetched]) => {
      if (this.#readings.get(nameOf(reading)) !== reading) return [];
      reading.position = fetched.position;
      return [fetched];
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#readings.clear();
  }

  #setPaused(partition: TopicPartition, isPaused: boolean): void {
    const reading = this.#readings.get(nameOf(partition));
    if (reading !== undefined) reading.isPaused = isPaused;
  }

  #read(): [Reading, FetchedPartition][] {
    const { log, random, fetchedRecords } = this.#world;
    const { isolation } = this.#options;
    return [...this.#readings.values()].flatMap((reading) => {
      const { topic, partition, position, isPaused } = reading;
      const from = log.partition(reading);
      if (position < from.start || position > from.end)
        throw failure('OFFSET_OUT_OF_RANGE', {
          topic,
          partition,
          offset: position,
          earliest: from.start,
          end: from.end,
        });
      if (isPaused || random.chance(0.2)) return [];
      const fetched = from.read(position, { isolation, maxRecords: random.whole(1, fetchedRecords) });
      return fetched.position === position ? [] : [[reading, fetched] as [Reading, FetchedPartition]];
    });
  }
}
