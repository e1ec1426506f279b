import type {
  CommittedPosition,
  Fetcher,
  FetcherOptions,
  JoinOptions,
  Log,
  Membership,
  Position,
  Producer,
  ProducerOptions,
  TopicInfo,
  TopicPartition,
  TopicSpec,
} from '../../log/port.ts';
import type { Actor } from './actor.ts';
import { ClientFetcher } from './client-fetcher.ts';
import { ClientMembership } from './client-membership.ts';
import { ClientProducer } from './client-producer.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { SimulatedLog } from './simulated-log.ts';
import { WAIT, type Wire } from './wire.ts';

/** What all clients of one run share. */
export interface World {
  readonly log: SimulatedLog;
  readonly wire: Wire;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly random: Random;
  /** Of one partition in one answer, at most. */
  readonly fetchedRecords: number;
  /** How likely a record is sent before its commit. */
  readonly earlySends: number;
  readonly trace: (who: string, what: string) => void;
}

/** The simulated log as one life of a worker has it. */
export class Client implements Log {
  readonly #world: World;
  readonly #actor: Actor;

  constructor(world: World, actor: Actor) {
    this.#world = world;
    this.#actor = actor;
  }

  get kind(): Log['kind'] {
    return this.#world.log.kind;
  }

  silence(): null {
    return null;
  }

  topics(): Promise<TopicInfo[]> {
    return this.#ask('read topics', (log) => log.topics());
  }

  describeTopics(names: readonly string[]): Promise<TopicInfo[]> {
    return this.#ask('read topics', (log) => log.topics().filter(({ name }) => names.includes(name)));
  }

  createTopics(topics: readonly TopicSpec[]): Promise<void> {
    return this.#ask('create topics', (log) => topics.forEach((topic) => void log.create(topic)));
  }

  deleteTopics(names: readonly string[]): Promise<void> {
    return this.#ask('delete topics', (log) => names.forEach((name) => void log.delete(name)));
  }

  offsets(partitions: readonly TopicPartition[], at: 'earliest' | 'end' | 'stable' | number): Promise<Position[]> {
    return this.#ask('read offsets', (log) =>
      partitions.map(({ topic, partition }) => ({ topic, partition, offset: log.offset({ topic, partition }, at) })),
    );
  }

  committed(_group: string, partitions: readonly TopicPartition[]): Promise<CommittedPosition[]> {
    return this.#ask('read committed offsets', ({ group }) => {
      if (partitions.some((each) => group.isHeld(each))) return WAIT;
      return partitions.flatMap((each) => group.committed(each) ?? []);
    });
  }

  deleteRecordsBefore(positions: readonly Position[]): Promise<void> {
    return this.#ask('delete records', (log) =>
      positions.forEach((at) => void log.partition(at).deleteBefore(at.offset)),
    );
  }

  /** Who restores asks for more at once. */
  fetcher({ isolation = 'read_committed', maxBytesPerPartition }: FetcherOptions = {}): Fetcher {
    const purpose = maxBytesPerPartition === undefined ? 'fetch records' : 'restore records';
    return new ClientFetcher(this.#world, this.#actor, { isolation, purpose });
  }

  async producer({ transactionalId, transactionTimeoutMs = 1000 }: ProducerOptions): Promise<Producer> {
    const options = { session: undefined, timeoutMs: transactionTimeoutMs };
    if (transactionalId === undefined) return new ClientProducer(this.#world, this.#actor, options);
    const { transactions } = this.#world.log;
    const session = await this.#ask('open a producer', () => transactions.take(transactionalId));
    await this.#ask('wait for the last transaction', () => (transactions.isFree(transactionalId) ? true : WAIT));
    return new ClientProducer(this.#world, this.#actor, { ...options, session });
  }

  async join(options: JoinOptions): Promise<Membership> {
    const token = await this.#ask('join the group', (log) => {
      for (const { repartitionSources, changelogs } of options.subtopologies)
        for (const topic of [...repartitionSources, ...changelogs]) log.create(topic);
      return log.group.join(options);
    });
    return new ClientMembership(this.#world, this.#actor, token);
  }

  async close(): Promise<void> {}

  #ask<T>(what: string, act: (log: SimulatedLog) => T | typeof WAIT): Promise<T> {
    const { wire, log } = this.#world;
    return wire.request(this.#actor, what, () => act(log));
  }
}
