import type {
  CommittedPosition,
  Fetcher,
  GroupOffsets,
  Headers,
  Log,
  OutgoingRecord,
  Position,
  Producer,
} from '../log/port.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import { CapturedFetcher } from './captured-fetcher.ts';

/** A record of a test's topic, as bytes. */
export interface CapturedRecord extends OutgoingRecord {
  readonly offset: number;
}

/**
 * A log in memory with one partition a topic, and the producer of the test driver: what is appended is there at once.
 * Stores are restored from it as from any log.
 */
export class CapturedLog implements Producer, Pick<Log, 'fetcher' | 'offsets'> {
  readonly pendingBytes = 0;
  readonly isEmpty = false;
  readonly #topics = new Map<string, CapturedRecord[]>();
  /** Of them, what the task has written. */
  readonly #produced = new Map<string, CapturedRecord[]>();
  readonly #committed = new Map<string, CommittedPosition>();
  readonly #onAppend: (topic: string, record: CapturedRecord) => void;

  /** `onAppend` is told of each record, in the order of writing. */
  constructor(onAppend: (topic: string, record: CapturedRecord) => void = () => {}) {
    this.#onAppend = onAppend;
  }

  topic(name: string): readonly CapturedRecord[] {
    return this.#topics.get(name) ?? [];
  }

  /** What the task has written to a topic, without what a test has piped into it. */
  produced(name: string): readonly CapturedRecord[] {
    return this.#produced.get(name) ?? [];
  }

  producedTopicNames(): string[] {
    return [...this.#produced.keys()];
  }

  append(topic: string, _partition: number, outgoing: OutgoingRecord): void {
    const produced = this.#produced.get(topic) ?? [];
    this.#produced.set(topic, produced);
    produced.push(this.pipe(topic, outgoing));
  }

  /** Writes a record that is not the task's. */
  pipe(topic: string, { key, value, timestamp, headers }: OutgoingRecord): CapturedRecord {
    const records = this.#topics.get(topic) ?? [];
    this.#topics.set(topic, records);
    const record = { key: copy(key), value: copy(value), timestamp, headers, offset: records.length };
    records.push(record);
    this.#onAppend(topic, record);
    return record;
  }

  async drained(): Promise<void> {}

  async commit(offsets?: GroupOffsets): Promise<Position[]> {
    this.commitPositions(offsets?.positions ?? []);
    return this.ends();
  }

  /** As `commit` does, for who cannot wait. */
  commitPositions(positions: readonly CommittedPosition[]): void {
    for (const position of positions) this.#committed.set(position.topic, position);
  }

  /** Where the task goes on. */
  committed(): CommittedPosition[] {
    return [...this.#committed.values()];
  }

  ends(): Position[] {
    return [...this.#topics].map(([topic, records]) => ({ topic, partition: 0, offset: records.length }));
  }

  async offsets(...[partitions, at]: Parameters<Log['offsets']>): Promise<Position[]> {
    return partitions.map(({ topic, partition }) => {
      const records = this.topic(topic);
      const end = records.length;
      if (typeof at !== 'number') return { topic, partition, offset: at === 'earliest' ? 0 : end };
      return { topic, partition, offset: records.find((record) => record.timestamp >= at)?.offset ?? end };
    });
  }

  fetcher(): Fetcher {
    return new CapturedFetcher(this);
  }

  async abort(): Promise<void> {}

  async close(): Promise<void> {}
}

const copy = (bytes: Uint8Array | null): Buffer | null => (bytes === null ? null : Buffer.from(bytes));

/** A captured record in the form in which tasks take records from a log. */
export function asFetched({ key, value, timestamp, headers, offset }: CapturedRecord): FetchedRecord {
  const keyLength = key?.length ?? 0;
  const buffer = Buffer.concat([key ?? Buffer.alloc(0), value ?? Buffer.alloc(0)]);
  return {
    offset,
    timestamp,
    buffer,
    keyStart: 0,
    keyEnd: key === null ? -1 : keyLength,
    valueStart: keyLength,
    valueEnd: value === null ? -1 : buffer.length,
    headers,
  };
}

/** Headers with text values, as tests like to write them. */
export function textHeaders(headers: readonly (readonly [string, string | null])[]): Headers {
  return headers.map(([name, value]) => [name, value === null ? null : Buffer.from(value)]);
}
