import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Partitioner } from '../../src/log/partitioner.ts';
import type { Log } from '../../src/log/port.ts';
import { openStateReader } from '../../src/state/sqlite/state-reader.ts';
import { readTopic, temporaryFolder } from '../support/embedded.ts';
import { describeWithKafka } from '../support/kafka-server.ts';
import { expectedTotals, inputRows, KEEP, TOPICS } from '../support/pipeline.ts';
import { openLog, startWorkerProcess, type WorkerProcessOptions } from '../support/worker-process.ts';

const KILLS = 10;
const PARTITIONS = 4;
const rows = inputRows(200_000, 500);

/** Writes the input in pieces while workers come and go, kills them at random moments, then checks every record. */
async function torture(where: WorkerProcessOptions['log'], folder: string): Promise<void> {
  const log = await openLog(where);
  const stateDir = join(folder, 'state');
  await log.createTopics(TOPICS.map((name) => ({ name, partitions: PARTITIONS, config: KEEP })));
  const pieces = KILLS + 1;
  const size = Math.ceil(rows.length / pieces);
  for (let n = 0; n < KILLS; n++) {
    await write(log, rows.slice(n * size, (n + 1) * size));
    const worker = await startWorkerProcess({ log: where, stateDir });
    // The first run has nothing to restore; no later one may begin from zero again.
    if (n > 2) expect(worker.report.restored).toBeLessThan(rows.length / 4);
    await sleep(50 + Math.random() * 400);
    await worker.kill();
  }
  await write(log, rows.slice(KILLS * size));
  const last = await startWorkerProcess({ log: where, stateDir, untilEnd: true });
  expect(await last.ended()).toBe(0);
  await check(log, join(stateDir, 'crash', '0.db'));
  await log.close();
}

async function write(log: Log, piece: typeof rows): Promise<void> {
  const producer = await log.producer({});
  const partitioner = new Partitioner();
  for (const [key, value, timestamp] of piece) {
    const bytes = Buffer.from(key);
    producer.append('in', partitioner.choose(bytes, PARTITIONS), {
      key: bytes,
      value: Buffer.from(value),
      timestamp,
      headers: [],
    });
  }
  await producer.commit();
  await producer.close();
}

async function check(log: Log, stateFile: string): Promise<void> {
  const copies = (await readTopic(log, 'copy')).map(({ value }) => value);
  expect(copies).toHaveLength(rows.length);
  expect(new Set(copies)).toEqual(new Set(rows.map(([, value]) => value)));
  const expected = expectedTotals(rows);
  expect(await latest(log, 'counts')).toEqual(expected.counts);
  expect(await latest(log, 'sums')).toEqual(expected.sums);
  const state = openStateReader(stateFile);
  for (const store of ['counts', 'sums'] as const) {
    const stored = [...state.range(store, {})].map(({ key, value }) => [key, value]);
    expect(new Map(stored as [string, number][])).toEqual(expected[store]);
  }
  state.close();
}

async function latest(log: Log, topic: string): Promise<Map<string, number>> {
  const last = new Map<string, number>();
  for (const { key, raw } of await readTopic(log, topic)) last.set(key ?? '', Number(raw?.readBigInt64BE()));
  return last;
}

describe('kill -9 on the embedded log', () => {
  test('ten kills lose nothing and double nothing', async () => {
    using folder = temporaryFolder();
    await torture({ embedded: join(folder.path, 'log.db') }, folder.path);
  });
});

describeWithKafka('kill -9 on Kafka', (kafka) => {
  test('ten kills lose nothing and double nothing', async () => {
    using folder = temporaryFolder();
    await torture({ kafka: kafka().bootstrapServers }, folder.path);
  });
});
