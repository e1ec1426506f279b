import { describe, expect, test } from 'vitest';
import { string, to, topology } from '../../src/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';
import { run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };

test('a topic for each record', async () => {
  const { driver, pipe } = await run(['in'], (flow) => {
    flow.stream('in', keyText).pipe(to(({ key, value, timestamp }) => `${key}-${value?.[0]}-${timestamp % 2}`));
  });
  pipe('in', ['k', 'a1', 1], ['k', 'b1', 2], ['k', 'a2', 3]);
  const read = async (topic: string) => (await driver.output(topic, keyText)).readAll().map(({ value }) => value);
  expect(await read('k-a-1')).toEqual(['a1', 'a2']);
  expect(await read('k-b-0')).toEqual(['b1']);
});

test('listed topics must exist; others are unknown when a record asks for them', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, big: 1 });
  const routed = (topics?: string[]) =>
    topology('routed', (flow) => {
      flow
        .stream('in', { key: string(), value: string() })
        .pipe(to(({ value }) => value, topics === undefined ? {} : { topics }));
    });
  await expect(bench.worker(routed(['big', 'smal'])).start()).rejects.toThrow(/Topic smal does not exist/);
  await bench.write('in', [
    ['k', 'big'],
    ['k', 'none'],
  ]);
  const worker = bench.worker(routed());
  await worker.start();
  await expect(worker.untilEnd()).rejects.toThrow(/offset 1 of in-0 failed: Topic none does not exist/);
});

describe('an own partitioner', () => {
  test('one partition, several, none, or as always', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 1, out: 3 });
    const spread = topology('spread', (flow) => {
      flow.stream('in', { key: string(), value: string() }).pipe(
        to('out', {
          partitioner: ({ value }, partitions) => {
            if (value === 'all') return Array.from({ length: partitions }, (_, i) => i);
            if (value === 'none') return [];
            return value === 'key' ? undefined : Number(value);
          },
        }),
      );
    });
    await bench.write('in', [
      ['k', '2'],
      ['k', 'all'],
      ['k', 'none'],
      ['k', 'key'],
    ]);
    const worker = bench.worker(spread);
    await worker.start();
    await worker.untilEnd();
    const out = (await bench.read('out')).map(({ partition, value }) => `${partition}:${value}`);
    expect(out.filter((row) => !row.endsWith('key')).sort()).toEqual(['0:all', '1:all', '2:2', '2:all']);
    expect(out.filter((row) => row.endsWith('key'))).toHaveLength(1);
    expect(await worker.metrics.metrics()).toMatch(
      /records_dropped_total\{[^}]*operator="to",reason="no partition"\} 1/,
    );
  });

  test('a partition that is not there is an error', async () => {
    const { pipe } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(to('out', { partitioner: () => 7 }));
    });
    expect(() => pipe('in', ['k', 'a', 1])).toThrow(/out has no partition 7: it has 1/);
  });
});
