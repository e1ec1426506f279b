import { failure, isMillraceError, type MillraceError } from '../errors.ts';
import type { FetchedPartition } from '../log/port.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { Codec, Serde } from '../serde/serde.ts';
import type { Place } from './dead-letters.ts';
import type { BatchHandler, Event } from './events.ts';
import { type RetryPolicy, retry, type Timing } from './retry.ts';
import type { EventStatus } from './service-metrics.ts';
import type { OpenTopic } from './topic-codecs.ts';

export type AnyEvent = Event<string, unknown, unknown>;

export interface LaneUse {
  readonly topic: OpenTopic;
  readonly partition: number;
  /** The offset of the first record to come. */
  readonly offset: number;
  readonly handler: BatchHandler<AnyEvent>;
  readonly batchSize: number;
  readonly retry: RetryPolicy;
  readonly timing: Timing;
  /** Puts a record aside; undefined where such a record ends the service. */
  readonly deadLetter: ((letter: { record: FetchedRecord; place: Place; error: unknown }) => void) | undefined;
  readonly ended: (topic: string, status: EventStatus, events: { count: number; seconds: number }) => void;
  /** The lane cannot go on. */
  readonly failed: (error: unknown) => void;
  /** Little is left to do: more may be fetched. */
  readonly hungry: (place: Place) => void;
}

interface Readable {
  readonly record: FetchedRecord;
  readonly event: AnyEvent;
}

/** Above it no more is fetched; below half of it fetching goes on. */
const MOST_WAITING = 2000;

/** Handles the records of one partition, one batch after another, in their order. */
export class Lane {
  readonly place: Place;
  readonly #use: LaneUse;
  readonly #abort = new AbortController();
  readonly #queue: FetchedPartition[] = [];
  #running: Promise<void> | undefined;
  #waiting = 0;
  #position: number;
  #isPaused = false;

  constructor(use: LaneUse) {
    this.#use = use;
    this.#position = use.offset;
    this.place = { topic: use.topic.name, partition: use.partition };
  }

  /** The next offset to be handled: all before it is done. */
  get position(): number {
    return this.#position;
  }

  /** Takes more records. Gives true where it should get no more until it says that it is hungry. */
  push(fetched: FetchedPartition): boolean {
    this.#queue.push(fetched);
    this.#waiting += fetched.records.length;
    this.#running ??= this.#run();
    if (this.#waiting > MOST_WAITING) this.#isPaused = true;
    return this.#isPaused;
  }

  /** Ends after the batch that is being handled; one that waits to be tried again is left for later. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        await this.#prepare(next.records);
        if (!(await this.#handleAll(next.records))) return;
        this.#position = next.position;
      }
    } catch (error) {
      this.#abort.abort();
      this.#use.failed(error);
    } finally {
      this.#running = undefined;
    }
  }

  async #prepare(records: readonly FetchedRecord[]): Promise<void> {
    const { key, value } = this.#use.topic;
    await key.prepare?.(records);
    await value.prepare?.(records);
  }

  /** False where it was stopped before the end. */
  async #handleAll(records: readonly FetchedRecord[]): Promise<boolean> {
    let batch: Readable[] = [];
    for (const record of records) {
      const read = this.#read(record);
      if ('event' in read) {
        batch.push(read);
        if (batch.length < this.#use.batchSize) continue;
      }
      // What came before a record that cannot be read is handled before it.
      if (!(await this.#handle(batch, this.#use.retry))) return false;
      batch = [];
      if ('error' in read) this.#putAside(record, this.#unreadable(record, read.error), { count: 1, seconds: 0 });
    }
    return this.#handle(batch, this.#use.retry);
  }

  /** False where it was stopped before the end. */
  async #handle(batch: readonly Readable[], policy: RetryPolicy): Promise<boolean> {
    const [first] = batch;
    if (first === undefined) return !this.#abort.signal.aborted;
    const { handler, timing, ended } = this.#use;
    const { signal } = this.#abort;
    if (signal.aborted) return false;
    const events = batch.map(({ event }) => event);
    const began = timing.now();
    const outcome = await retry((attempt) => handler(events, { signal, attempt }), { policy, timing, signal });
    if (outcome.kind === 'aborted') return false;
    const of = { count: batch.length, seconds: (timing.now() - began) / 1000 };
    if (outcome.kind === 'failed') {
      if (batch.length > 1) return this.#handleOneByOne(batch, policy);
      this.#putAside(first.record, this.#unhandled(first.record, outcome), of);
    } else {
      ended(this.place.topic, 'success', of);
      this.#done(batch);
    }
    return true;
  }

  /** Finds those that spoil their batch: each gets one more attempt, alone. */
  async #handleOneByOne(batch: readonly Readable[], policy: RetryPolicy): Promise<boolean> {
    for (const one of batch) {
      if (!(await this.#handle([one], { ...policy, maxElapsedMs: 0 }))) return false;
    }
    return true;
  }

  #done(records: readonly { readonly record: FetchedRecord }[]): void {
    this.#position = (records.at(-1)?.record.offset ?? this.#position - 1) + 1;
    this.#waiting -= records.length;
    if (!this.#isPaused || this.#waiting > MOST_WAITING / 2) return;
    this.#isPaused = false;
    this.#use.hungry(this.place);
  }

  /** Makes it a dead letter, or ends the service where there are none. */
  #putAside(record: FetchedRecord, error: MillraceError, of: { count: number; seconds: number }): void {
    const { deadLetter, ended } = this.#use;
    ended(this.place.topic, deadLetter === undefined ? 'failed' : 'dead_letter', of);
    if (deadLetter === undefined) throw error;
    deadLetter({ record, place: this.place, error: error.cause ?? error });
    this.#done([{ record }]);
  }

  #unreadable(record: FetchedRecord, error: unknown): MillraceError {
    return failure('EVENT_UNREADABLE', { ...this.place, offset: record.offset, reason: reasonOf(error) }, error);
  }

  #unhandled(record: FetchedRecord, { error, attempts }: { error: unknown; attempts: number }): MillraceError {
    const context = { ...this.place, offset: record.offset, attempts, reason: reasonOf(error) };
    return failure('HANDLER_FAILED', context, error);
  }

  #read(record: FetchedRecord): Readable | { readonly error: unknown } {
    const { key, value, serdes } = this.#use.topic;
    try {
      const event = {
        topic: this.place.topic,
        partition: this.place.partition,
        offset: record.offset,
        key: decodePart('key', { codec: key, serde: serdes.key }, record),
        value: decodePart('value', { codec: value, serde: serdes.value }, record),
        timestamp: record.timestamp,
        headers: record.headers,
      };
      return { record, event };
    } catch (error) {
      return { error };
    }
  }
}

function decodePart(
  part: 'key' | 'value',
  { codec, serde }: { codec: Codec<unknown>; serde: Serde<unknown> },
  { buffer, keyStart, keyEnd, valueStart, valueEnd }: FetchedRecord,
): unknown {
  const [start, end] = part === 'key' ? [keyStart, keyEnd] : [valueStart, valueEnd];
  if (end >= 0) return codec.decode(buffer, start, end);
  if (serde.nullable === true) return null;
  throw failure('RECORD_UNREADABLE', { reason: `its ${part} is null, but ${serde.name} takes no nulls` });
}

/** Why, without the sentence around it. */
function reasonOf(error: unknown): string {
  if (isMillraceError(error, 'RECORD_UNREADABLE')) return String(error.context['reason']);
  return error instanceof Error ? error.message : String(error);
}
