import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { filter, groupBy, json, mapValues, store, string, to, topology } from '../../src/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const sums = topology('sums', (flow) => {
  flow.stream('in', { key: string(), value: string() }).pipe(
    groupBy('by-first', (value) => value.slice(0, 1), { key: string() }),
    store('joined', string()).aggregate({ initial: () => '', add: (all, value) => `${all}${value.slice(1)}` }),
    to('out'),
  );
});

const topics = { in: 2, out: 2 };
const latest = async (bench: LogBench) =>
  Object.fromEntries((await bench.read('out')).map(({ key, value }) => [key, value]));

describe('worker on the embedded log', () => {
  test('processes all there is, through a repartition topic, and stops', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, topics);
    await bench.write('in', [
      ['1', 'a1'],
      ['2', 'b2'],
      ['3', 'a3'],
      ['4', 'b4'],
      ['5', 'c5'],
    ]);
    const worker = bench.worker(sums);
    await worker.start();
    await worker.untilEnd();
    expect(worker.state).toBe('stopped');
    const out = await latest(bench);
    expect(Object.keys(out).sort()).toEqual(['a', 'b', 'c']);
    expect([...(out['a'] ?? '')].sort().join('')).toBe('13');
    expect([...(out['b'] ?? '')].sort().join('')).toBe('24');
  });

  test('goes on where it stopped, with its state', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, topics);
    for (const value of ['a1', 'a2', 'a3']) {
      await bench.write('in', [['k', value]]);
      const worker = bench.worker(sums);
      await worker.start();
      await worker.untilEnd();
    }
    expect((await bench.read('out')).map(({ value }) => value)).toEqual(['1', '12', '123']);
  });

  test('a deleted state file comes back from the changelog', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, topics);
    await bench.write('in', [
      ['k', 'a1'],
      ['k', 'b2'],
    ]);
    const first = bench.worker(sums);
    await first.start();
    await first.untilEnd();
    rmSync(`${folder.path}/state`, { recursive: true });
    await bench.write('in', [
      ['k', 'a3'],
      ['k', 'b4'],
    ]);
    const second = bench.worker(sums);
    await second.start();
    await second.untilEnd();
    expect(await latest(bench)).toEqual({ a: '13', b: '24' });
  });

  test('two workers share the tasks', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 4, out: 2 });
    const one = bench.worker(sums, { stateDir: `${folder.path}/one` });
    const two = bench.worker(sums, { stateDir: `${folder.path}/two` });
    await one.start();
    await two.start();
    await Promise.all([one.ready(), two.ready()]);
    const rows = Array.from({ length: 500 }, (_, i) => [`${i}`, `${'abcdefgh'[i % 8]}${i},`] as const);
    await bench.write('in', rows);
    await one.untilEnd();
    await two.untilEnd();
    const out = await latest(bench);
    expect(
      Object.values(out)
        .flatMap((value) =>
          String(value)
            .split(',')
            .filter((n) => n !== ''),
        )
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(rows.map((_, i) => i));
  });

  test('a function that fails stops the worker; nothing of the record is committed', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
    await bench.write('in', [
      ['k', 'good'],
      ['k', 'bad'],
      ['k', 'good'],
    ]);
    const failing = topology('failing', (flow) => {
      flow.stream('in', { key: string(), value: string() }).pipe(
        filter((value) => {
          if (value === 'bad') throw new Error('as asked');
          return true;
        }),
        to('out'),
      );
    });
    const worker = bench.worker(failing);
    await worker.start();
    await expect(worker.untilEnd()).rejects.toThrow(/offset 1 of in-0 failed: as asked/);
    expect(worker.state).toBe('failed');
    expect(await bench.read('out')).toEqual([]);
  });

  test.each([
    ['skip', 0],
    ['dead-letter', 3],
  ] as const)('bad input: %s', async (policy, letters) => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
    await bench.write('in', [
      ['k', '1'],
      ['k', Buffer.from([0xff])],
      [null, '2'],
      ['k', null],
      ['k', '3'],
    ]);
    const pass = topology('pass', (flow) => {
      flow.stream('in', { key: string(), value: json() }).pipe(
        mapValues((value) => value),
        to('out', { value: json() }),
      );
    });
    const worker = bench.worker(pass, { deserializationErrors: policy });
    await worker.start();
    await worker.untilEnd();
    expect((await bench.read('out')).map(({ value }) => value)).toEqual(['1', '3']);
    const metrics = await worker.metrics.metrics();
    expect(metrics).toContain(
      `millrace_records_rejected_total{application="pass",stage="deserialization",outcome="${policy}",topic="in"} 3`,
    );
    const dead = policy === 'dead-letter' ? await bench.read('pass-dead-letters') : [];
    expect(dead).toHaveLength(letters);
    for (const letter of dead) {
      const names = letter.headers.map(([name]) => name);
      expect(names).toContain('__streams.errors.offset');
      expect(names).toContain('__streams.errors.message');
    }
  });

  test('a missing topic is named, with the nearest one', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { inn: 1, out: 1 });
    await expect(bench.worker(sums).start()).rejects.toThrow(/Topic in does not exist. Did you mean inn\?/);
  });

  test('settings are checked together', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, topics);
    expect(() => bench.worker(sums, { commitIntervalMs: 0, emit: 'never' as 'commit' })).toThrow(
      /commitIntervalMs = 0: .*; emit = "never": /,
    );
  });
});
