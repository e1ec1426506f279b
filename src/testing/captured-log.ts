import type { Headers, OutgoingRecord, Position, Producer } from '../log/port.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';

/** A record of a test's topic, as bytes. */
export interface CapturedRecord extends OutgoingRecord {
  readonly offset: number;
}

/** A log in memory with one partition a topic, and the producer of the test driver: what is appended is there at once. */
export class CapturedLog implements Producer {
  readonly pendingBytes = 0;
  readonly #topics = new Map<string, CapturedRecord[]>();

  topic(name: string): CapturedRecord[] {
    const records = this.#topics.get(name) ?? [];
    this.#topics.set(name, records);
    return records;
  }

  topicNames(): string[] {
    return [...this.#topics.keys()];
  }

  append(topic: string, _partition: number, { key, value, timestamp, headers }: OutgoingRecord): void {
    const records = this.topic(topic);
    const copy = (bytes: Uint8Array | null): Buffer | null => (bytes === null ? null : Buffer.from(bytes));
    records.push({ key: copy(key), value: copy(value), timestamp, headers, offset: records.length });
  }

  async drained(): Promise<void> {}

  async commit(): Promise<Position[]> {
    return this.ends();
  }

  ends(): Position[] {
    return [...this.#topics].map(([topic, records]) => ({ topic, partition: 0, offset: records.length }));
  }

  async abort(): Promise<void> {}

  async close(): Promise<void> {}
}

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
