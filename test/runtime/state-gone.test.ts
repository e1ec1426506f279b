import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { failure } from '../../src/errors.ts';
import { count, groupByKey, string, to, topology, toStream } from '../../src/index.ts';
import { SqliteBackend } from '../../src/state/sqlite/sqlite-backend.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const text = { key: string(), value: string() };
const counting = topology('counting', (flow) => {
  flow.stream('in', text).pipe(groupByKey(), count('counts'), toStream(), to('out'));
});

afterEach(() => vi.restoreAllMocks());

test('a state folder that is removed under a worker ends it; the next one has all that was there', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
  await bench.write('in', [
    ['a', '1'],
    ['a', '2'],
  ]);
  const worker = bench.worker(counting);
  await worker.start();
  await expect.poll(async () => (await bench.read('out')).length).toBeGreaterThan(0);
  rmSync(join(folder.path, 'state'), { recursive: true });
  await expect(worker.finished()).rejects.toThrow(
    /^The state file \S+0\.db was removed or replaced while the worker ran\. Nothing is lost: .*changelogs/,
  );
  expect(worker.state).toBe('failed');
  await bench.write('in', [['a', '3']]);
  const next = bench.worker(counting);
  await next.start();
  await next.untilEnd();
  expect((await bench.read('out')).at(-1)?.raw?.at(-1)).toBe(3);
});

test('a state file that cannot be written is told once, while the worker goes on', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
  const said: string[] = [];
  const worker = bench.worker(counting, {}, (line) => said.push(line));
  await worker.start();
  await worker.ready();
  let refused = 0;
  const commit = SqliteBackend.prototype.commit;
  vi.spyOn(SqliteBackend.prototype, 'commit').mockImplementation(function (this: SqliteBackend, ...args) {
    if (++refused <= 10) throw failure('STATE_FILE_WRITE_FAILED', { path: 'x', reason: 'full', advice: 'Free some.' });
    commit.apply(this, args);
  });
  await bench.write('in', [['a', '1']]);
  await expect.poll(() => refused, { timeout: 10_000 }).toBeGreaterThan(10);
  await worker.untilEnd();
  expect(said).toEqual(['The state file x cannot be written: full. Nothing was half-written. Free some.']);
});

test('a changelog that was deleted, while the group goes on, ends the worker before its rows are dropped', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
  await bench.write('in', [['a', '1']]);
  const worker = bench.worker(counting);
  await worker.start();
  await worker.untilEnd();
  await bench.log.deleteTopics(['counting-counts-changelog']);
  const next = bench.worker(counting);
  await next.start();
  await expect(next.untilEnd()).rejects.toThrow(
    /^The rows of store counts \(partition 0\) are in the state file only: its changelog counting-counts-changelog is empty, /,
  );
  // Whoever moves the file away goes on without the rows.
  rmSync(join(folder.path, 'state'), { recursive: true });
  const last = bench.worker(counting);
  await last.start();
  await last.untilEnd();
});

test('rows that the changelog does not have any more are told', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
  await bench.write('in', [['a', '1']]);
  const worker = bench.worker(counting);
  await worker.start();
  await worker.untilEnd();
  // Another log under the same names.
  await bench.log.deleteTopics(['in', 'counting-counts-changelog']);
  await bench.log.createTopics([{ name: 'in', partitions: 1 }]);
  const said: string[] = [];
  const next = bench.worker(counting, {}, (line) => said.push(line));
  await next.start();
  await next.untilEnd();
  expect(said).toEqual([
    'Partition 0 of store counts is made anew from counting-counts-changelog, which has offsets 0 to 0: the state file stood at offset 1, so that topic is another one than before. Rows that it lacks are gone.',
  ]);
});

test('an internal topic that is deleted under a worker is named as that', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
  const worker = bench.worker(counting);
  await worker.start();
  await worker.ready();
  await bench.log.deleteTopics(['counting-counts-changelog']);
  await bench.write('in', [['a', '1']]);
  await expect(worker.finished()).rejects.toThrow(
    /^Topic counting-counts-changelog, which the application made for itself, was deleted while the worker ran\. /,
  );
});
