import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  count,
  groupByKey,
  integer,
  leftJoin,
  store,
  string,
  type Topology,
  to,
  topology,
  toStream,
  tumbling,
  windowedBy,
} from '../../src/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const text = { key: string(), value: string() };
const shown = (click: string, user: string | null): string => `${click}:${user}`;

async function run(bench: LogBench, topology: Topology): Promise<void> {
  const worker = bench.worker(topology, { applicationId: 'app' });
  await worker.start();
  await worker.untilEnd();
}

const values = async (bench: LogBench): Promise<(string | null)[]> =>
  (await bench.read('out')).map(({ value }) => value);

/** Clicks beside the rows of a table of that name. */
const withTable = (name: string): Topology =>
  topology('app', (flow) => {
    const users = flow.table('users', { ...text, name });
    flow.stream('clicks', text).pipe(leftJoin(users, shown), to('out', text));
  });

describe('a table that is read from its source topic', () => {
  test('has all rows where the topic was read as a stream before', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { users: 1, clicks: 1, out: 1 });
    await bench.write('users', [['u', 'Ann']]);
    const streamed = topology('app', (flow) => {
      flow.stream('users', text).pipe(to('out'));
    });
    await run(bench, streamed);
    await bench.write('clicks', [['u', 'click']]);
    await run(bench, withTable('users'));
    expect(await values(bench)).toEqual(['Ann', 'click:Ann']);
  });

  test('has all rows under a new name', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { users: 1, clicks: 1, out: 1 });
    await bench.write('users', [['u', 'Ann']]);
    await run(bench, withTable('users-1'));
    await bench.write('clicks', [['u', 'click']]);
    await run(bench, withTable('users-2'));
    expect(await values(bench)).toEqual(['click:Ann']);
  });

  test('is restored beside another table of the same topic', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { users: 1, clicks: 1, out: 1 });
    await bench.write('users', [['u', 'Ann']]);
    const twice = topology('app', (flow) => {
      const a = flow.table('users', { ...text, name: 'a' });
      const b = flow.table('users', { ...text, name: 'b' });
      flow.stream('clicks', text).pipe(leftJoin(a, shown), leftJoin(b, shown), to('out', text));
    });
    await run(bench, twice);
    rmSync(`${folder.path}/state`, { recursive: true });
    await bench.write('clicks', [['u', 'click']]);
    await run(bench, twice);
    expect(await values(bench)).toEqual(['click:Ann:Ann']);
  });
});

test('records that the log deleted before they were read: the source begins anew, and it is counted', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
  const copy = topology('app', (flow) => {
    flow.stream('in', text).pipe(to('out'));
  });
  await bench.write('in', [['k', '1']]);
  await run(bench, copy);
  await bench.write('in', [
    ['k', '2'],
    ['k', '3'],
    ['k', '4'],
  ]);
  await bench.log.deleteRecordsBefore([{ topic: 'in', partition: 0, offset: 3 }]);
  const worker = bench.worker(copy, { applicationId: 'app' });
  await worker.start();
  await worker.untilEnd();
  expect(await values(bench)).toEqual(['1', '4']);
  expect(await worker.metrics.metrics()).toContain('millrace_offset_resets_total{application="app",topic="in"} 1');
});

test('stopping does not wait for a restoration', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1 });
  await bench.write(
    'in',
    Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 'v'.repeat(400)] as const),
  );
  const joined = topology('app', (flow) => {
    flow
      .stream('in', text)
      .pipe(groupByKey(), store('joined', string()).aggregate({ initial: () => '', add: (all, value) => all + value }));
  });
  await run(bench, joined);
  let polls = 0;
  const fetcher = bench.log.fetcher.bind(bench.log);
  bench.log.fetcher = (options) => {
    const opened = fetcher(options);
    // The thread's own one has no options.
    if (options === undefined) return opened;
    const poll = opened.poll.bind(opened);
    opened.poll = (waitMs) => {
      polls++;
      void worker.stop();
      return poll(waitMs);
    };
    return opened;
  };
  const worker = bench.worker(joined, { applicationId: 'app', stateDir: `${folder.path}/other` });
  await worker.start();
  await worker.finished();
  expect(worker.state).toBe('stopped');
  // The changelog is more than one answer, of which only the first was waited for.
  expect(polls).toBe(1);
});

test('a changelog that is cut off while it is read is read again from where it begins now', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
  const counted = topology('app', (flow) => {
    flow.stream('in', text).pipe(
      groupByKey(),
      windowedBy(tumbling(10)),
      count('counts'),
      toStream((_, { key }) => key),
      to('out', { key: string(), value: integer() }),
    );
  });
  const click = (time: number) => bench.write('in', [['k', 'click', time]]);
  await click(5);
  await run(bench, counted);
  await click(100_000);
  await run(bench, counted);
  const changelog = { topic: 'app-counts-changelog', partition: 0 };
  const [first] = await bench.log.offsets([changelog], 100_000);
  const fetcher = bench.log.fetcher.bind(bench.log);
  bench.log.fetcher = (options) => {
    const opened = fetcher(options);
    if (options === undefined) return opened;
    const poll = opened.poll.bind(opened);
    opened.poll = async (waitMs) => {
      // Another worker had this task before, and has just begun to cut off.
      await bench.log.deleteRecordsBefore([{ ...changelog, offset: first?.offset ?? 0 }]);
      return poll(waitMs);
    };
    return opened;
  };
  rmSync(`${folder.path}/state`, { recursive: true });
  await click(100_001);
  await run(bench, counted);
  expect((await bench.read('out')).map(({ raw }) => raw?.at(-1))).toEqual([1, 1, 2]);
});
