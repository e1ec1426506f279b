import { pairwise, map as rxMap } from 'rxjs';
import { expect, test } from 'vitest';
import { describeAsJson, describe as described, rx, to, topology } from '../../src/index.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';
import { run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };

const pairs = (options?: { volatile: boolean }) =>
  topology('pairs', (flow) => {
    flow.stream('in', keyText).pipe(
      rx(
        'pairs',
        (records) =>
          records.pipe(
            pairwise(),
            rxMap(([a, b]) => {
              if (b.value === 'bad') throw new Error('as asked');
              return { ...b, value: `${a.value}${b.value}` };
            }),
          ),
        options,
      ),
      to('out', keyText),
    );
  });

test('runs stock RxJS operators as one node, and its errors reach the record', async () => {
  const driver = await TopologyTestDriver.open(pairs({ volatile: true }));
  const input = await driver.input('in', keyText);
  const output = await driver.output('out', keyText);
  for (const [i, value] of ['a', 'b', 'c'].entries()) input.pipe('k', value, { timestamp: i });
  expect(output.readAll().map(({ value, timestamp }) => [value, timestamp])).toEqual([
    ['ab', 1],
    ['bc', 2],
  ]);
  expect(() => input.pipe('k', 'bad', { timestamp: 4 })).toThrow(/offset 3 of in-0 failed: as asked/);
});

test('what it remembers is refused under exactly-once, unless it is meant', async () => {
  const refusal = /Topology pairs is to run exactly once, but what rx 'pairs' remembers is in memory only/;
  await expect(TopologyTestDriver.open(pairs())).rejects.toThrow(refusal);
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
  await expect(bench.worker(pairs()).start()).rejects.toThrow(refusal);
  const worker = bench.worker(pairs(), { processingGuarantee: 'at_least_once' });
  await worker.start();
  await worker.stop();
  for (const volatile of [true, false]) await TopologyTestDriver.open(pairs({ volatile }));
});

test('is named in the description', () => {
  expect(described(pairs({ volatile: true }))).toContain("1 rx 'pairs'; volatile state: a restart loses it; from 0");
  expect(described(pairs({ volatile: true }), 'mermaid')).toContain('n1["rx pairs (volatile state)"]');
  const nodes = (options?: { volatile: boolean }) => describeAsJson(pairs(options)).subtopologies[0]?.nodes[1];
  expect(nodes()).toMatchObject({ volatile: true });
  expect(nodes({ volatile: false })).not.toHaveProperty('volatile');
});

test('without state it runs as any other step', async () => {
  const { pipe } = await run(['in'], (flow) => {
    flow.stream('in', keyText).pipe(
      rx(
        'upper',
        (records) => records.pipe(rxMap((record) => ({ ...record, value: record.value?.toUpperCase() ?? null }))),
        {
          volatile: false,
        },
      ),
      to('out', keyText),
    );
  });
  expect(pipe('in', ['k', 'a', 1])).toEqual([['k', 'A', 1]]);
});
