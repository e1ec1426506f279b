import { failure } from '../errors.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { Codec, Serde } from '../serde/serde.ts';
import { NO_HEADERS, type StreamRecord } from '../topology/records.ts';
import { failOnInvalidTimestamp, type TimestampExtractor } from '../topology/timestamps.ts';
import type { ErrorPolicy } from './error-policy.ts';
import type { RecordQueue } from './record-queue.ts';

export type Enter = (record: StreamRecord<unknown, unknown>) => void;

/** One source node: how its bytes are read and where its records enter the graph. */
export interface Entrance {
  readonly enter: Enter;
  readonly key: Codec<unknown>;
  readonly value: Codec<unknown>;
  /** Gives the records' event time; without it, it is the log's timestamp. */
  readonly timestampExtractor?: TimestampExtractor | undefined;
  /** Which nulls are records like any other; other nulls are bad input. */
  readonly nullKeys: boolean;
  readonly nullValues: boolean;
  /** Called before a record enters here, whether it can be read or not. */
  readonly begins: readonly (() => void)[];
  /** Called after a record has entered here, or failed to. */
  readonly ends: readonly (() => void)[];
}

export interface TaskInputOptions {
  readonly queue: RecordQueue;
  readonly entrances: readonly Entrance[];
  readonly errors: ErrorPolicy;
  /** The clock on the wall, ms since 1970. */
  readonly now: () => number;
  /** Counts a record that has no event time. */
  readonly dropped: (reason: string) => void;
}

/** What the default extractor sees: it asks for the time only. */
const UNREAD = { key: null, value: null, headers: NO_HEADERS };

/** One input partition of a task: its queue, and the source nodes that read it. */
export class TaskInput {
  readonly queue: RecordQueue;
  /** Event time of what `head` gave last. */
  headTime = -1;
  readonly #entrances: readonly Entrance[];
  readonly #errors: ErrorPolicy;
  readonly #options: TaskInputOptions;
  /** The entrance whose extractor gives the time of the whole input: a record can stand in one place of the order only. */
  readonly #timing: Entrance | undefined;
  /** The head whose time is known. */
  #timed: FetchedRecord | undefined;

  constructor(options: TaskInputOptions) {
    this.queue = options.queue;
    this.#entrances = options.entrances;
    this.#errors = options.errors;
    this.#options = options;
    this.#timing = options.entrances.find(({ timestampExtractor }) => timestampExtractor !== undefined);
  }

  /** The next record that has an event time; those before it that have none are passed over. */
  head(): FetchedRecord | undefined {
    let record = this.queue.head();
    while (record !== undefined && record !== this.#timed) {
      const time = this.#timeOf(record);
      if (time >= 0) {
        this.headTime = time;
        this.#timed = record;
        return record;
      }
      this.queue.shift(-1);
      record = this.queue.head();
    }
    return record;
  }

  /** Looks up the schemas that these records need; undefined where all are known. */
  prepare(records: readonly FetchedRecord[]): Promise<unknown> | undefined {
    const waits = this.#entrances.flatMap(({ key, value }) => [
      key.prepare?.(records) ?? [],
      value.prepare?.(records) ?? [],
    ]);
    const needed = waits.flat();
    return needed.length === 0 ? undefined : Promise.all(needed);
  }

  /** Takes what `head` gave through the graph, depth first, to the end. */
  process(record: FetchedRecord): void {
    this.#errors.begin(this.queue, record);
    for (let i = 0; i < this.#entrances.length; i++) {
      const entrance = this.#entrances[i];
      if (entrance === undefined) continue;
      for (let j = 0; j < entrance.begins.length; j++) this.#attempt(entrance.begins[j], record);
      this.#enter(entrance, record);
      for (let j = 0; j < entrance.ends.length; j++) this.#attempt(entrance.ends[j], record);
    }
    this.#errors.end();
    this.queue.shift(this.headTime);
  }

  #timeOf(record: FetchedRecord): number {
    if (this.#timing === undefined && record.timestamp >= 0) return record.timestamp;
    try {
      const time = this.#extract(record);
      if (time < 0) this.#options.dropped('invalid timestamp');
      return time;
    } catch (error) {
      this.#errors.handle('deserialization', error, { queue: this.queue, record });
      return -1;
    }
  }

  #extract(record: FetchedRecord): number {
    const { topic, partition, time: partitionTime } = this.queue;
    const at = { topic, partition, offset: record.offset, partitionTime, systemTime: this.#options.now() };
    const { timestampExtractor: extract = failOnInvalidTimestamp } = this.#timing ?? {};
    const decoded = this.#timing
      ? decode(this.#timing, record, record.timestamp)
      : { ...UNREAD, timestamp: record.timestamp };
    const time = extract(decoded, at);
    if (!Number.isSafeInteger(time))
      throw failure('RECORD_UNREADABLE', { reason: `its timestamp extractor gave ${time}` });
    return time;
  }

  /** An error of a record that goes through is handled here, so that what frames its way has its end. */
  #attempt(step: (() => void) | undefined, record: FetchedRecord): void {
    try {
      step?.();
    } catch (error) {
      this.#errors.handle('processing', error, { queue: this.queue, record });
    }
  }

  #enter(entrance: Entrance, record: FetchedRecord): void {
    let decoded: StreamRecord<unknown, unknown>;
    try {
      decoded = decode(entrance, record, this.headTime);
    } catch (error) {
      this.#errors.handle('deserialization', error, { queue: this.queue, record });
      return;
    }
    try {
      entrance.enter(decoded);
    } catch (error) {
      this.#errors.handle('processing', error, { queue: this.queue, record });
    }
  }
}

function decode(entrance: Entrance, record: FetchedRecord, timestamp: number): StreamRecord<unknown, unknown> {
  const { buffer, keyStart, keyEnd, valueStart, valueEnd, headers } = record;
  if (keyEnd < 0 && !entrance.nullKeys) throw failure('RECORD_UNREADABLE', { reason: 'its key is null' });
  if (valueEnd < 0 && !entrance.nullValues)
    throw failure('RECORD_UNREADABLE', {
      reason: 'its value is null (a tombstone), and a stream has no rows to delete',
    });
  return {
    key: keyEnd < 0 ? null : entrance.key.decode(buffer, keyStart, keyEnd),
    value: valueEnd < 0 ? null : entrance.value.decode(buffer, valueStart, valueEnd),
    timestamp,
    headers,
  };
}

/** Nulls that a source lets through: a table's deletions, internal topics, and what a `nullable` serde declares. */
export function lettingNullsThrough(source: {
  key: Serde<unknown>;
  value: Serde<unknown>;
  internal: boolean;
  table: boolean;
}): Pick<Entrance, 'nullKeys' | 'nullValues'> {
  return {
    nullKeys: source.key.nullable === true || source.table || source.internal,
    nullValues: source.value.nullable === true || source.table || source.internal,
  };
}
