import { randomUUID } from 'node:crypto';
import { isMillraceError } from '../errors.ts';
import type { Fetcher, JoinOptions, Log, Membership, Position, Producer } from '../log/port.ts';
import { assert } from '../util/assert.ts';
import type { DeadLetters, Place } from './dead-letters.ts';
import { Lane, type LaneUse } from './lane.ts';
import { defaultRetry, retryDelayMs, type Timing } from './retry.ts';
import type { OpenTopic } from './topic-codecs.ts';

export interface EventServiceOptions {
  readonly log: Log;
  readonly group: string;
  readonly topics: ReadonlyMap<string, OpenTopic>;
  readonly from: 'earliest' | 'latest';
  readonly commitIntervalMs: number;
  readonly timing: Timing;
  readonly deadLetters: DeadLetters | undefined;
  /** What all lanes have in common. */
  readonly lane: Pick<LaneUse, 'handler' | 'batchSize' | 'retry' | 'ended'>;
}

/** How long a poll may wait: so long may a stop, a new task or a commit be put off. */
const POLL_MS = 50;

/**
 * Reads its share of some topics and hands it to a lane a partition. Offsets are committed when the events before them
 * are handled, and with them the dead letters; after any trouble of the log it begins again at the committed offsets.
 * So every event is handled at least once.
 */
export class EventService {
  readonly #options: EventServiceOptions;
  readonly #producer: Producer;
  readonly #fetcher: Fetcher;
  #membership: Membership;
  readonly #lanes = new Map<string, Lane>();
  readonly #committed = new Map<string, number>();
  /** Partitions whose committed offset is no longer in the log. */
  readonly #lost = new Set<string>();
  readonly #stopping = new AbortController();
  #laneFailure: { readonly error: unknown } | undefined;
  #nextCommit: number;
  /** The group has given this member up. */
  #isOut = false;
  #troubles = 0;
  readonly #finished: Promise<void>;

  private constructor(options: EventServiceOptions, producer: Producer, membership: Membership) {
    this.#options = options;
    this.#producer = producer;
    this.#membership = membership;
    this.#fetcher = options.log.fetcher();
    this.#nextCommit = options.timing.now() + options.commitIntervalMs;
    this.#finished = this.#run();
    // Whoever awaits `finished` gets the error; nobody need do so at once.
    this.#finished.catch(() => {});
  }

  static async start(options: EventServiceOptions): Promise<EventService> {
    const producer = await options.log.producer({});
    return new EventService(options, producer, await options.log.join(joinOptions(options)));
  }

  /** Resolves when the service was stopped, rejects with the reason if it failed. */
  get finished(): Promise<void> {
    return this.#finished;
  }

  /** Lets the handlers that run come to their end, commits and leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#finished;
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopping.signal.aborted && this.#laneFailure === undefined) await this.#round();
      await this.#stopLanes([...this.#lanes.values()]);
      await this.#commit();
    } finally {
      await this.#close();
    }
    if (this.#laneFailure !== undefined) throw this.#laneFailure.error;
  }

  async #round(): Promise<void> {
    try {
      if (this.#isOut) await this.#rejoin();
      if (this.#membership.failure !== null) throw this.#membership.failure;
      await this.#follow();
      await this.#fetch();
      if (this.#options.timing.now() >= this.#nextCommit) await this.#commit();
    } catch (error) {
      await this.#recover(error);
    }
  }

  /** Takes the partitions that the group gives, and gives up those that it takes away. */
  async #follow(): Promise<void> {
    const { assigned } = this.#membership;
    const wanted = new Map((assigned ?? []).flatMap(({ partition }) => this.#placesOf(partition)));
    const revoked = [...this.#lanes.values()].filter(({ place }) => !wanted.has(idOf(place)));
    const added = [...wanted].filter(([id]) => !this.#lanes.has(id)).map(([, place]) => place);
    if (revoked.length === 0 && added.length === 0) return;
    if (revoked.length > 0) {
      await this.#stopLanes(revoked);
      await this.#commit();
      for (const { place } of revoked) this.#forget(place);
    }
    if (added.length > 0) await this.#open(added);
    this.#membership.report(assigned ?? []);
  }

  #placesOf(partition: number): [string, Place][] {
    const topics = [...this.#options.topics.values()].filter(({ partitions }) => partition < partitions);
    return topics.map(({ name: topic }) => [idOf({ topic, partition }), { topic, partition }]);
  }

  async #open(places: readonly Place[]): Promise<void> {
    const { log, group, from } = this.#options;
    const found = (await log.committed(group, places)).filter((position) => !this.#lost.has(idOf(position)));
    const known = new Set(found.map(idOf));
    const fresh = places.filter((place) => !known.has(idOf(place)));
    const begun = fresh.length === 0 ? [] : await log.offsets(fresh, from === 'earliest' ? 'earliest' : 'stable');
    const positions = [...found, ...begun];
    for (const position of positions) this.#openLane(position);
    this.#fetcher.assign(positions);
  }

  #openLane(position: Position): void {
    const { topics, lane, timing, deadLetters } = this.#options;
    const topic = topics.get(position.topic);
    assert(topic !== undefined, `a lane of ${position.topic}, which is not read`);
    const use: LaneUse = {
      ...lane,
      timing,
      topic,
      partition: position.partition,
      offset: position.offset,
      deadLetter: deadLetters && ((letter) => deadLetters.append(this.#producer, letter)),
      failed: (error) => {
        this.#laneFailure ??= { error };
      },
      hungry: (place) => this.#fetcher.resume([place]),
    };
    this.#lanes.set(idOf(position), new Lane(use));
    this.#committed.set(idOf(position), position.offset);
  }

  async #fetch(): Promise<void> {
    for (const fetched of await this.#fetcher.poll(POLL_MS)) {
      if (this.#lanes.get(idOf(fetched))?.push(fetched) === true) this.#fetcher.pause([fetched]);
    }
  }

  async #commit(): Promise<void> {
    this.#nextCommit = this.#options.timing.now() + this.#options.commitIntervalMs;
    const positions = [...this.#lanes.values()]
      .map(({ place, position }) => ({ ...place, offset: position }))
      .filter((position) => this.#committed.get(idOf(position)) !== position.offset);
    if (positions.length === 0) return;
    await this.#producer.commit({ group: this.#options.group, member: this.#membership.token, positions });
    for (const position of positions) this.#committed.set(idOf(position), position.offset);
    this.#troubles = 0;
    this.#lost.clear();
  }

  /** Drops what is not committed and begins again; throws what no repetition mends. */
  async #recover(error: unknown): Promise<void> {
    if (isMillraceError(error) && error.fatal) throw error;
    this.#isOut ||= this.#membership.failure !== null || isMillraceError(error, 'FENCED');
    const lost = lostPlace(error);
    if (lost !== undefined) this.#lost.add(idOf(lost));
    else if (!this.#isOut && !(isMillraceError(error) && error.retryable)) throw error;
    const lanes = [...this.#lanes.values()];
    await this.#stopLanes(lanes);
    for (const { place } of lanes) this.#forget(place);
    await this.#producer.abort();
    const { timing } = this.#options;
    const { signal } = this.#stopping;
    await timing.sleep(retryDelayMs(++this.#troubles, defaultRetry, timing.random()), signal);
  }

  async #rejoin(): Promise<void> {
    await this.#membership.leave().catch(() => {});
    this.#membership = await this.#options.log.join(joinOptions(this.#options));
    this.#isOut = false;
  }

  async #stopLanes(lanes: readonly Lane[]): Promise<void> {
    await Promise.all(lanes.map((lane) => lane.stop()));
  }

  #forget(place: Place): void {
    this.#fetcher.unassign([place]);
    this.#lanes.delete(idOf(place));
    this.#committed.delete(idOf(place));
  }

  /** Every part lets go, even if another one fails at it. */
  async #close(): Promise<void> {
    await Promise.allSettled([...this.#lanes.values()].map((lane) => lane.stop()));
    await Promise.allSettled([this.#fetcher.close(), this.#producer.close(), this.#membership.leave()]);
  }
}

function joinOptions({ group, topics }: EventServiceOptions): JoinOptions {
  const all = [...topics.values()];
  return {
    group,
    memberId: randomUUID(),
    processId: randomUUID(),
    subtopologies: [
      {
        sources: all.map(({ name }) => name),
        repartitionSources: [],
        changelogs: [],
        repartitionSinks: [],
        copartitioned: [],
        tasks: Math.max(...all.map(({ partitions }) => partitions)),
      },
    ],
  };
}

function lostPlace(error: unknown): Place | undefined {
  if (!isMillraceError(error, 'OFFSET_OUT_OF_RANGE')) return undefined;
  const { topic, partition } = error.context;
  return { topic: String(topic), partition: Number(partition) };
}

function idOf({ topic, partition }: Place): string {
  return `${topic}-${partition}`;
}
