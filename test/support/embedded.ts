import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorker, type Settings, type Topology, type Worker } from '../../src/index.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts';
import { Partitioner } from '../../src/log/partitioner.ts';
import type { Headers, Log, TopicPartition } from '../../src/log/port.ts';
import { keyBytes, valueBytes } from '../../src/log/records/fetched-record.ts';
import { MemoryRegistry } from '../../src/serde/registry/memory-registry.ts';

export interface Written {
  readonly key: string | null;
  readonly value: string | null;
  /** The value's bytes. */
  readonly raw: Buffer | null;
  readonly timestamp: number;
  readonly partition: number;
  readonly headers: Headers;
}

/** A folder that is removed when the test ends. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'millrace-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** An embedded log in a folder, with short ways to write and read text. */
export class LogBench {
  readonly folder: string;
  readonly log: EmbeddedLog;
  readonly registry = new MemoryRegistry();

  private constructor(folder: string, log: EmbeddedLog) {
    this.folder = folder;
    this.log = log;
  }

  static async open(folder: string, topics: Record<string, number>): Promise<LogBench> {
    const log = await openEmbeddedLog(join(folder, 'log.db'));
    await log.createTopics(Object.entries(topics).map(([name, partitions]) => ({ name, partitions })));
    return new LogBench(folder, log);
  }

  worker(topology: Topology, settings: Settings = {}, notify: (text: string) => void = () => {}): Worker {
    return createWorker({
      topology,
      log: this.log,
      registry: this.registry,
      notify,
      settings: { stateDir: join(this.folder, 'state'), commitIntervalMs: 10, ...settings },
    });
  }

  async write(
    topic: string,
    rows: readonly (readonly [key: string | null, value: string | Buffer | null, timestamp?: number])[],
  ) {
    const [info] = await this.log.describeTopics([topic]);
    const partitioner = new Partitioner();
    const producer = await this.log.producer({});
    for (const [key, value, timestamp = 0] of rows) {
      const keyBytes = key === null ? null : Buffer.from(key);
      const valueBytes = typeof value === 'string' ? Buffer.from(value) : value;
      producer.append(topic, partitioner.choose(keyBytes, info?.partitions ?? 1), {
        key: keyBytes,
        value: valueBytes,
        timestamp,
        headers: [],
      });
    }
    await producer.commit();
    await producer.close();
  }

  /** All records of a topic, partition by partition. */
  async read(topic: string): Promise<Written[]> {
    return readTopic(this.log, topic);
  }
}

export async function readTopic(log: Log, topic: string): Promise<Written[]> {
  const [info] = await log.describeTopics([topic]);
  const partitions: TopicPartition[] = Array.from({ length: info?.partitions ?? 0 }, (_, partition) => ({
    topic,
    partition,
  }));
  const ends = await log.offsets(partitions, 'stable');
  const fetcher = log.fetcher();
  const starts = await log.offsets(partitions, 'earliest');
  const open = new Map(
    ends.filter((end) => end.offset > (starts[end.partition]?.offset ?? 0)).map((end) => [end.partition, end.offset]),
  );
  fetcher.assign(starts.filter((start) => open.has(start.partition)));
  const records: Written[] = [];
  while (open.size > 0) {
    for (const fetched of await fetcher.poll(1000)) {
      for (const record of fetched.records) {
        records.push({
          key: keyBytes(record)?.toString() ?? null,
          value: valueBytes(record)?.toString() ?? null,
          raw: valueBytes(record),
          timestamp: record.timestamp,
          partition: fetched.partition,
          headers: record.headers,
        });
      }
      if (fetched.position >= (open.get(fetched.partition) ?? 0)) open.delete(fetched.partition);
    }
  }
  await fetcher.close();
  return records;
}
