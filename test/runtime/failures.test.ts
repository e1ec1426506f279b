import { afterEach, describe, expect, test, vi } from 'vitest';
import { failure } from '../../src/errors.ts';
import { groupByKey, mapValues, store, string, to, topology, toStream } from '../../src/index.ts';
import { SqliteBackend } from '../../src/state/sqlite/sqlite-backend.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const text = { key: string(), value: string() };

/** A table whose rows go on at the commit, through a step that fails at `bad`. */
const strict = topology('strict', (flow) => {
  flow.table('in', { ...text, name: 'rows' }).pipe(
    mapValues((value) => {
      if (value === 'bad') throw new Error('as asked');
      return value;
    }),
    toStream(),
    to('out', text),
  );
});

afterEach(() => vi.restoreAllMocks());

describe('a step behind a table', () => {
  test.each(['skip', 'dead-letter'] as const)('%s passes over the row at fault alone', async (processingErrors) => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
    const rows = Array.from({ length: 1000 }, (_, n) => [`k${n}`, n === 10 ? 'bad' : 'good'] as const);
    await bench.write('in', rows);
    const worker = bench.worker(strict, { processingErrors, commitIntervalMs: 300 });
    await worker.start();
    await worker.untilEnd();
    expect((await bench.read('out')).map(({ key }) => key)).toEqual(
      rows.map(([key]) => key).filter((key) => key !== 'k10'),
    );
    if (processingErrors === 'dead-letter') {
      expect((await bench.read('strict-dead-letters')).map(({ key, value }) => [key, value])).toEqual([['k10', 'bad']]);
    }
  });

  test('fail says which row', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
    await bench.write('in', [['k', 'bad']]);
    const worker = bench.worker(strict);
    await worker.start();
    await expect(worker.untilEnd()).rejects.toThrow(/change of row "k" of rows failed: as asked/);
  });
});

test('a state file that cannot be written for a moment is written later', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
  const joined = topology('joined', (flow) => {
    flow
      .stream('in', text)
      .pipe(
        groupByKey(),
        store('rows', string()).aggregate({ initial: () => '', add: (all, value) => all + value }),
        to('out', text),
      );
  });
  const worker = bench.worker(joined);
  await worker.start();
  await worker.ready();
  let refused = 0;
  const commit = SqliteBackend.prototype.commit;
  vi.spyOn(SqliteBackend.prototype, 'commit').mockImplementation(function (this: SqliteBackend, ...args) {
    if (++refused <= 15) throw failure('STATE_FILE_WRITE_FAILED', { path: 'x', reason: 'full', advice: '' });
    commit.apply(this, args);
  });
  await bench.write('in', [['k', 'v']]);
  await vi.waitFor(() => expect(refused).toBeGreaterThan(15), { timeout: 10_000 });
  await worker.stop();
  expect(worker.state).toBe('stopped');
  expect((await bench.read('out')).map(({ value }) => value)).toEqual(['v']);
});

test('a worker that is stopped while it starts takes no record', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
  await bench.write('in', [['k', 'v']]);
  const worker = bench.worker(strict);
  const starting = worker.start();
  await worker.stop();
  await starting;
  expect(worker.state).toBe('stopped');
  expect(await bench.read('out')).toEqual([]);
});
