import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts';
import { keyTextOf, readAll, record, textOf } from '../conformance/support.ts';
import { temporaryLog } from './temporary-log.ts';

type Row = readonly [offset: number, key: string | null, value: string | null];

const compact = { 'cleanup.policy': 'compact' };

async function rows(log: EmbeddedLog, topic: string): Promise<Row[]> {
  return (await readAll(log, topic)).map((one) => [one.offset, keyTextOf(one), textOf(one)] as const);
}

/** Writes `key=value` (`key=` for a tombstone), each list in a batch of its own. */
async function write(log: EmbeddedLog, topic: string, ...batches: string[][]): Promise<void> {
  const producer = await log.producer({});
  for (const batch of batches) {
    for (const text of batch) {
      const [key = '', value] = text.split('=');
      producer.append(topic, 0, record(key, value || null));
    }
    await producer.commit();
  }
}

test('the newest record of each key stays, at its offset', async () => {
  const log = await temporaryLog();
  await log.createTopics([{ name: 't', partitions: 1, config: compact }]);
  await write(log, 't', ['a=1', 'b=1', 'a=2'], ['c=1', 'b=2'], ['a=3']);
  await log.clean();
  expect(await rows(log, 't')).toEqual([
    [3, 'c', '1'],
    [4, 'b', '2'],
    [5, 'a', '3'],
  ]);
  await write(log, 't', ['c=2']);
  await log.clean();
  expect((await rows(log, 't')).map(([offset]) => offset)).toEqual([4, 5, 6]);
});

test('any records, cleaned at any times, come to what a table of them holds', async () => {
  const step = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', null), fc.option(fc.string({ maxLength: 3 }))), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ batch: step, clean: fc.boolean() }), { maxLength: 8 }), async (steps) => {
      const log = await temporaryLog();
      await log.createTopics([{ name: 't', partitions: 1, config: compact }]);
      const producer = await log.producer({});
      const written: Row[] = [];
      for (const { batch, clean } of steps) {
        for (const [key, value] of batch) {
          written.push([written.length, key, value]);
          producer.append('t', 0, record(key, value));
        }
        await producer.commit();
        if (clean) await log.clean();
      }
      await log.clean();
      const newest = new Map(written.map((row) => [row[1], row[0]]));
      const kept = written.filter(([offset, key]) => key === null || newest.get(key) === offset);
      expect(await rows(log, 't')).toEqual(kept);
    }),
    { numRuns: 30 },
  );
});

test('a tombstone goes when its time is over, and reading still comes to the end', async () => {
  const log = await temporaryLog();
  const config = { ...compact, 'delete.retention.ms': '0' };
  await log.createTopics([{ name: 't', partitions: 1, config }]);
  await write(log, 't', ['a=1', 'b=1'], ['a=']);
  await log.clean();
  expect(await rows(log, 't')).toEqual([
    [1, 'b', '1'],
    [2, 'a', null],
  ]);
  await log.clean();
  expect(await rows(log, 't')).toEqual([[1, 'b', '1']]);
  expect(await log.offsets([{ topic: 't', partition: 0 }], 'end')).toMatchObject([{ offset: 3 }]);
});

test('a tombstone stays for its time', async () => {
  const log = await temporaryLog();
  await log.createTopics([{ name: 't', partitions: 1, config: compact }]);
  await write(log, 't', ['a=1'], ['a=']);
  await log.clean();
  await log.clean();
  expect(await rows(log, 't')).toEqual([[1, 'a', null]]);
});

test('young records are left alone, and so is what lies behind them', async () => {
  const log = await temporaryLog();
  await log.createTopics([{ name: 't', partitions: 1, config: { ...compact, 'min.compaction.lag.ms': '60000' } }]);
  const producer = await log.producer({});
  for (const timestamp of [1000, 1000, Date.now(), 1000]) {
    producer.append('t', 0, record('k', 'v', { timestamp }));
    await producer.commit();
  }
  await log.clean();
  expect((await rows(log, 't')).map(([offset]) => offset)).toEqual([1, 2, 3]);
});

test('records older than the retention go from the start', async () => {
  const log = await temporaryLog();
  await log.createTopics([
    { name: 'week', partitions: 1, config: { 'retention.ms': '604800000' } },
    { name: 'ever', partitions: 1 },
  ]);
  const producer = await log.producer({});
  for (const topic of ['week', 'ever']) {
    for (const timestamp of [1000, Date.now(), 1000]) {
      producer.append(topic, 0, record('k', 'v', { timestamp }));
      await producer.commit();
    }
  }
  await log.clean();
  expect((await rows(log, 'week')).map(([offset]) => offset)).toEqual([1, 2]);
  expect(await log.offsets([{ topic: 'week', partition: 0 }], 'earliest')).toMatchObject([{ offset: 1 }]);
  expect((await rows(log, 'ever')).length).toBe(3);
});

test('a log that grows cleans itself, and loses nothing that is written meanwhile', async () => {
  const log = await temporaryLog({ cleanAfterBytes: 100_000 });
  await log.createTopics([{ name: 't', partitions: 1, config: compact }]);
  const producer = await log.producer({});
  for (let at = 0; at < 200; at++) {
    for (let key = 0; key < 10; key++) producer.append('t', 0, record(`${key}`, `${at}`.padEnd(200)));
    await producer.commit();
  }
  await expect.poll(async () => (await rows(log, 't')).length).toBeLessThan(1000);
  await log.clean();
  expect((await rows(log, 't')).map(([, key, value]) => [key, value?.trim()])).toEqual(
    Array.from({ length: 10 }, (_, key) => [`${key}`, '199']),
  );
});
