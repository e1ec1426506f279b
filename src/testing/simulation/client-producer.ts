import { failure, isMillraceError } from '../../errors.ts';
import type { GroupOffsets, OutgoingRecord, Position, Producer } from '../../log/port.ts';
import type { Actor } from './actor.ts';
import type { World } from './client.ts';
import type { PartitionLog, StoredRecord } from './partition-log.ts';
import type { Session } from './transactions.ts';
import type { WAIT } from './wire.ts';

/** The records of one transaction that are not sent yet. */
class Batch {
  readonly records = new Map<PartitionLog, StoredRecord[]>();
  /** Where records of it have got to. */
  readonly ends = new Map<PartitionLog, number>();
  /** Not acknowledged yet. */
  bytes = 0;
  isEmpty = true;
  /** Something of it may be in the log. */
  wasSent = false;

  add(to: PartitionLog, record: StoredRecord): void {
    const waiting = this.records.get(to) ?? [];
    this.records.set(to, waiting);
    waiting.push(record);
    this.bytes += sizeOf(record);
    this.isEmpty = false;
  }
}

const sizeOf = ({ key, value }: StoredRecord): number => (key?.length ?? 0) + (value?.length ?? 0) + 1;

export interface ClientProducerOptions {
  /** Undefined: no transactions. */
  readonly session: Session | undefined;
  readonly timeoutMs: number;
}

/** Behaves as the two drivers' producers do, errors included. */
export class ClientProducer implements Producer {
  readonly #world: World;
  readonly #actor: Actor;
  readonly #session: Session | undefined;
  readonly #timeoutMs: number;
  #batch = new Batch();
  #committing: Batch | undefined;
  #sends: Promise<unknown> = Promise.resolve();
  #commitEnds: Promise<unknown> = Promise.resolve();
  /** Of a send or commit: nothing goes on before `abort`. */
  #failure: unknown;
  #fenced: unknown;

  constructor(world: World, actor: Actor, { session, timeoutMs }: ClientProducerOptions) {
    this.#world = world;
    this.#actor = actor;
    this.#session = session;
    this.#timeoutMs = timeoutMs;
  }

  append(topic: string, partition: number, { key, value, timestamp, headers }: OutgoingRecord): void {
    const { log, faults, random, earlySends } = this.#world;
    faults.reach(this.#actor, topic.endsWith('-changelog') ? 'changelog append' : 'append');
    if (this.#actor.isDead) return;
    const to = log.partition({ topic, partition });
    this.#batch.add(to, { key: copy(key), value: copy(value), timestamp, headers });
    const mayGoEarly = this.#session !== undefined && log.kind === 'kafka' && this.#committing === undefined;
    if (mayGoEarly && this.#failure === undefined && random.chance(earlySends)) this.#sendEarly(this.#batch, to);
  }

  get isEmpty(): boolean {
    return this.#batch.isEmpty;
  }

  get pendingBytes(): number {
    return this.#batch.bytes + (this.#committing?.bytes ?? 0);
  }

  async drained(): Promise<void> {
    await this.#sends;
  }

  async commit(offsets?: GroupOffsets): Promise<Position[]> {
    this.#world.faults.reach(this.#actor, 'commit begins');
    if (this.#failure !== undefined) throw this.#failure;
    const batch = this.#batch;
    const added = offsets !== undefined && offsets.positions.length > 0 ? offsets : undefined;
    if (batch.isEmpty && added === undefined) return [];
    this.#batch = new Batch();
    this.#committing = batch;
    const committed = this.#commit(batch, added);
    this.#world.trace(this.#actor.name, `commits ${shown(added?.positions ?? [])}`);
    this.#commitEnds = committed.catch(() => {});
    return committed;
  }

  async abort(): Promise<void> {
    await this.#commitEnds;
    if (this.#fenced !== undefined) throw this.#fenced;
    const { wasSent } = this.#batch;
    this.#batch = new Batch();
    await this.#sends;
    const session = this.#session;
    const { log, wire } = this.#world;
    if (session !== undefined && log.kind === 'kafka' && (wasSent || this.#failure !== undefined)) {
      try {
        const end = (): number => log.transactions.end(session, false);
        session.epoch = await wire.request(this.#actor, 'abort the transaction', end);
      } catch (error) {
        this.#fail(error);
        throw error;
      }
    }
    this.#failure = undefined;
  }

  async close(): Promise<void> {
    await this.abort().catch(() => {});
    this.#failure ??= failure('PRODUCER_CLOSED');
  }

  // --- internals

  async #commit(batch: Batch, offsets: GroupOffsets | undefined): Promise<Position[]> {
    try {
      return await (this.#world.log.kind === 'kafka' && this.#session !== undefined
        ? this.#commitInSteps(this.#session, batch, offsets)
        : this.#commitAtOnce(batch, offsets));
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      this.#committing = undefined;
    }
  }

  async #commitInSteps(session: Session, batch: Batch, offsets: GroupOffsets | undefined): Promise<Position[]> {
    const { log, wire, random } = this.#world;
    await this.#sends;
    if (this.#failure !== undefined) throw this.#failure;
    for (const to of random.shuffle([...batch.records.keys()])) await this.#send(session, batch, to);
    if (offsets !== undefined)
      await wire.request(this.#actor, 'add offsets', () => {
        if (offsets.member) log.group.check(offsets.member);
        return log.transactions.addOffsets(session, offsets, this.#timeoutMs);
      });
    const end = (): number => log.transactions.end(session, true);
    session.epoch = await wire.request(this.#actor, 'end transaction', end);
    return positions(batch.ends);
  }

  async #commitAtOnce(batch: Batch, offsets: GroupOffsets | undefined): Promise<Position[]> {
    const { log, wire } = this.#world;
    const commit = (): Position[] => log.commit(this.#session, { records: batch.records, offsets });
    return wire.request(this.#actor, 'end transaction', commit);
  }

  #sendEarly(batch: Batch, to: PartitionLog): void {
    const session = this.#session;
    if (session === undefined) return;
    const send = this.#sends.then(() =>
      this.#failure === undefined && this.#batch === batch ? this.#send(session, batch, to) : undefined,
    );
    this.#sends = send.catch((error: unknown) => this.#fail(error));
  }

  /** What waits for one partition, in one request. */
  async #send(session: Session, batch: Batch, to: PartitionLog): Promise<void> {
    const records = batch.records.get(to) ?? [];
    if (records.length === 0) return;
    batch.records.set(to, []);
    batch.wasSent = true;
    const { log, wire } = this.#world;
    const write = (): number | typeof WAIT =>
      log.transactions.write(session, to, { records, timeoutMs: this.#timeoutMs }) ?? to.end;
    batch.ends.set(to, await wire.request(this.#actor, 'send records', write));
    for (const record of records) batch.bytes -= sizeOf(record);
  }

  #fail(error: unknown): void {
    this.#failure = error;
    // That a member is fenced is no matter of the producer.
    if (isMillraceError(error, 'FENCED') && error.context['memberId'] === undefined) this.#fenced = error;
  }
}

function positions(ends: ReadonlyMap<PartitionLog, number>): Position[] {
  return [...ends].map(([{ topic, partition }, offset]) => ({ topic, partition, offset }));
}

const shown = (at: readonly Position[]): string =>
  at.map(({ topic, partition, offset }) => `${topic}-${partition} up to ${offset}`).join(', ') || 'no offsets';

const copy = (bytes: Uint8Array | null): Buffer | null => (bytes === null ? null : Buffer.from(bytes));
