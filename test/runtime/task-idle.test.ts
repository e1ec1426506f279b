import { expect, test } from 'vitest';
import { merge, string, to, topology } from '../../src/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const keyText = { key: string(), value: string() };

const both = topology('both', (flow) => {
  flow.stream('a', keyText).pipe(merge(flow.stream('b', keyText)), to('out'));
});
const topics = { a: 1, b: 1, out: 1 };

const written = async (bench: LogBench) => (await bench.read('out')).map(({ value }) => value);

test('records wait for those of an empty input, and go by their timestamps when they are there', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, topics);
  const worker = bench.worker(both, { maxTaskIdleMs: 1_000_000 });
  await bench.write('a', [['k', 'a10', 10]]);
  await worker.start();
  await worker.ready();
  await expect.poll(() => worker.lag).toBe(1);
  await bench.write('b', [['k', 'b5', 5]]);
  await expect.poll(() => written(bench)).toEqual(['b5']);
  await bench.write('b', [['k', 'b20', 20]]);
  await expect.poll(() => written(bench)).toEqual(['b5', 'a10']);
  await worker.stop();
});

test('not longer than they are told to', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, topics);
  const worker = bench.worker(both, { maxTaskIdleMs: 50 });
  await bench.write('a', [['k', 'a10', 10]]);
  await worker.start();
  await worker.untilEnd();
  expect(await written(bench)).toEqual(['a10']);
});
