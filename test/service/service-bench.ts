import { join } from 'node:path';
import { type EmbeddedLog, openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts';
import type { Headers, OutgoingRecord } from '../../src/log/port.ts';
import { type FetchedRecord, keyBytes, valueBytes } from '../../src/log/records/fetched-record.ts';
import { MemoryRegistry } from '../../src/serde/registry/memory-registry.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** An embedded log in a temporary folder, a registry, and short ways to write and read. */
export class ServiceBench {
  readonly registry = new MemoryRegistry();
  readonly #directory = temporaryDirectory();
  #log: EmbeddedLog | undefined;

  get log(): EmbeddedLog {
    if (this.#log === undefined) throw new Error('open the bench first');
    return this.#log;
  }

  async open(topics: Readonly<Record<string, number>>): Promise<void> {
    this.#log = await openEmbeddedLog(join(this.#directory.path, 'log.db'));
    await this.log.createTopics(Object.entries(topics).map(([name, partitions]) => ({ name, partitions })));
  }

  async close(): Promise<void> {
    await this.#log?.close();
    this.#directory.remove();
  }

  /** Writes texts, keys and values alike. */
  async write(topic: string, partition: number, records: readonly (string | OutgoingRecord)[]): Promise<void> {
    const producer = await this.log.producer({});
    for (const record of records)
      producer.append(topic, partition, typeof record === 'string' ? textRecord(record) : record);
    await producer.commit();
    await producer.close();
  }

  async read(topic: string, partition = 0): Promise<FetchedRecord[]> {
    const [end] = await this.log.offsets([{ topic, partition }], 'end');
    const fetcher = this.log.fetcher();
    fetcher.assign([{ topic, partition, offset: 0 }]);
    const records: FetchedRecord[] = [];
    for (let position = 0; position < (end?.offset ?? 0); ) {
      for (const fetched of await fetcher.poll(1000)) {
        records.push(...fetched.records);
        position = fetched.position;
      }
    }
    await fetcher.close();
    return records;
  }

  async committed(group: string, topic: string, partition = 0): Promise<number | undefined> {
    const [position] = await this.log.committed(group, [{ topic, partition }]);
    return position?.offset;
  }
}

export function textRecord(text: string): OutgoingRecord {
  return { key: Buffer.from(text), value: Buffer.from(text), timestamp: 1000, headers: [] };
}

export function keyText(record: FetchedRecord): string | undefined {
  return keyBytes(record)?.toString();
}

export function valueText(record: FetchedRecord): string | undefined {
  return valueBytes(record)?.toString();
}

export function headerTexts(headers: Headers): Record<string, string> {
  return Object.fromEntries(headers.map(([name, value]) => [name, Buffer.from(value ?? []).toString()]));
}
