import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import {
  count,
  createWorker,
  groupByKey,
  string,
  to,
  topology,
  toStream,
  tumbling,
  windowedBy,
} from '../../src/index.ts';
import type { Log } from '../../src/log/port.ts';
import { integer } from '../../src/serde/integer.ts';
import { MemoryRegistry } from '../../src/serde/registry/memory-registry.ts';
import { record } from '../log/conformance/record.ts';
import { readTopic, temporaryFolder } from '../support/embedded.ts';

const windows = topology('windows', (flow) => {
  flow.stream('in', { key: string(), value: string() }).pipe(
    groupByKey(),
    windowedBy(tumbling(10, { grace: 20 })),
    count('counts'),
    toStream((_, window) => `${window.key}@${window.start}`),
    to('out', { key: string(), value: integer() }),
  );
});

const CHANGELOG = 'windows-counts-changelog';

/**
 * A worker counts by windows until the changelog is cut off. Another one without its state then goes on: it knows the open
 * windows and what is late, from what is left.
 */
export async function checkTrim(log: Log): Promise<void> {
  await log.createTopics(['in', 'out'].map((name) => ({ name, partitions: 1 })));
  const registry = new MemoryRegistry();
  const open = (stateDir: string) =>
    createWorker({
      topology: windows,
      log,
      registry,
      settings: { stateDir, commitIntervalMs: 10, repartitionPurgeIntervalMs: 20 },
    });
  const write = async (...times: number[]): Promise<void> => {
    const producer = await log.producer({});
    for (const timestamp of times) producer.append('in', 0, { ...record('k', 'v'), timestamp });
    await producer.commit();
    await producer.close();
  };
  const earliest = async (): Promise<number> =>
    (await log.offsets([{ topic: CHANGELOG, partition: 0 }], 'earliest'))[0]?.offset ?? 0;

  using first = temporaryFolder();
  const worker = open(first.path);
  await worker.start();
  await worker.ready();
  let time = 0;
  for (const until = Date.now() + 60_000; (await earliest()) === 0; time += 10) {
    if (Date.now() > until) expect.unreachable('the changelog was never cut off');
    await write(time, time + 1);
    await sleep(20);
  }
  await worker.untilEnd();

  using second = temporaryFolder();
  await write(time - 9, time - 40, time);
  const next = open(second.path);
  await next.start();
  await next.untilEnd();
  const rows = await readTopic(log, 'out');
  const latest = Object.fromEntries(rows.map(({ key, raw }) => [key, Number(raw?.readBigInt64BE())]));
  for (let start = 0; start < time - 10; start += 10) expect(latest[`k@${start}`]).toBe(2);
  expect(latest[`k@${time - 10}`]).toBe(3);
  expect(latest[`k@${time}`]).toBe(1);
}
