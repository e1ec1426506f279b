import { describe, expect, test } from 'vitest';
import {
  count,
  type Flow,
  filter,
  groupBy,
  join,
  leftJoin,
  mapValues,
  string,
  suppress,
  to,
  topology,
  toStream,
  toTable,
  untilTimeLimit,
} from '../../src/index.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { number, run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };
const row = { key: string(), value: string() };
const out = { value: text };
const pair = (left: string | null, right: string | null): string => `${left}-${right}`;
const versioned = { retentionMs: 100 };

const table = (flow: Flow) => flow.table('T', { ...row, name: 'rows', versioned });

describe('a versioned table', () => {
  test('passes every row on, also those that come out of order', async () => {
    const { pipe, driver } = await run(['T'], (flow) => void table(flow).pipe(toStream(), to('out', out)));
    expect(pipe('T', ['k', 'a', 10], ['k', 'old', 5], ['k', null, 20], ['k', 'older', 15])).toHaveLength(4);
    expect(driver.store('rows').get('k')).toBeUndefined();
    const rows = driver.versionedStore<string, string>('rows');
    const seen = [4, 5, 9, 10, 14, 15, 19, 20, 30].map((time) => rows.get('k', time)?.value ?? null);
    expect(seen).toEqual([null, 'old', 'old', 'a', 'a', 'older', 'older', null, null]);
  });

  test('drops a row that is older than its history', async () => {
    const { pipe, driver } = await run(['T'], (flow) => void table(flow).pipe(toStream(), to('out', out)));
    expect(pipe('T', ['a', 'x', 200], ['k', 'late', 99], ['k', 'in time', 100])).toEqual([
      ['a', 'x', 200],
      ['k', 'in time', 100],
    ]);
    expect(driver.dropped).toEqual(new Map([['rows: older than the history', 1]]));
  });

  test('is grouped by its newest rows only', async () => {
    const { pipe } = await run(
      ['T'],
      (flow) =>
        void table(flow).pipe(
          groupBy('by-value', (value) => value, { key: string() }),
          count('counts'),
          to('out'),
        ),
      { out: number },
    );
    expect(pipe('T', ['k', 'a', 10], ['k', 'b', 5])).toEqual([['a', 1, 10]]);
    expect(pipe('T', ['k', 'b', 12])).toEqual([
      ['a', 0, 12],
      ['b', 1, 12],
    ]);
  });

  test('is joined by its newest rows only; others are dropped and counted', async () => {
    const { pipe, driver } = await run(['T', 'other'], (flow) => {
      const other = flow.table('other', { ...row, name: 'others' });
      table(flow).pipe(join(other, pair), to('out', out));
    });
    pipe('other', ['k', 'o', 1]);
    expect(pipe('T', ['k', 'a', 10], ['k', 'b', 5])).toEqual([['k', 'a-o', 10]]);
    expect(driver.droppedTotal).toBe(1);
  });

  test('can be made of a stream, or of another one by a filter', async () => {
    const { pipe, driver } = await run(['S'], (flow) => {
      flow.stream('S', row).pipe(
        toTable('rows', { versioned }),
        filter((value) => value !== 'b', { store: 'kept', versioned }),
        toStream(),
        to('out', out),
      );
    });
    expect(pipe('S', ['k', 'a', 10], ['k', 'b', 20])).toEqual([
      ['k', 'a', 10],
      ['k', null, 20],
    ]);
    const [rows, kept] = ['rows', 'kept'].map((name) => driver.versionedStore<string, string>(name));
    expect([rows?.get('k', 25)?.value, kept?.get('k', 25)?.value, kept?.get('k', 15)?.value]).toEqual([
      'b',
      undefined,
      'a',
    ]);
  });

  test('cannot be held back', () => {
    const build = (flow: Flow): void => {
      table(flow).pipe(suppress('held', untilTimeLimit(5)));
    };
    expect(() => topology('t', build)).toThrow("suppress('held') follows a versioned table");
  });

  test('keeps its history over a crash, with the state and without it', async () => {
    for (const lost of [false, true]) {
      const driver = await TopologyTestDriver.open(topology('test', (flow) => void table(flow).pipe(to('out'))));
      const input = await driver.input('T', keyText);
      input.pipe('k', 'a', { timestamp: 10 });
      input.pipe('k', 'b', { timestamp: 20 });
      await driver.restart(lost ? { backend: new MemoryBackend() } : {});
      input.pipe('k', 'between', { timestamp: 15 });
      input.pipe('other', 'x', { timestamp: 118 });
      const rows = driver.versionedStore<string, string>('rows');
      const seen = [12, 17, 18, 25].map((time) => rows.get('k', time)?.value ?? null);
      // What was before 118 - 100 is past.
      expect(seen).toEqual([null, null, 'between', 'b']);
    }
  });
});

describe('a stream joined with a versioned table', () => {
  const joined = (grace?: number) => (flow: Flow) => {
    const options = grace === undefined ? {} : { name: 'held', grace };
    const passing = table(flow).pipe(
      filter((value) => value !== 'hidden'),
      mapValues((value) => value),
    );
    flow.stream('S', keyText).pipe(leftJoin(passing, pair, options), to('out', out));
  };

  test('sees the row as it was at the time of each record, through filters and maps', async () => {
    const { pipe } = await run(['T', 'S'], joined());
    pipe('T', ['k', 'a', 10], ['k', 'hidden', 20], ['k', 'b', 30]);
    expect(pipe('S', ['k', 'X', 9], ['k', 'X', 10], ['k', 'X', 29], ['k', 'X', 30])).toEqual([
      ['k', 'X-null', 9],
      ['k', 'X-a', 10],
      ['k', 'X-null', 29],
      ['k', 'X-b', 30],
    ]);
  });

  test('waits for rows that come late, if it has a grace period, and then goes by time', async () => {
    const { pipe } = await run(['T', 'S'], joined(5));
    expect(pipe('S', ['k', 'B', 12], ['k', 'A', 10])).toEqual([]);
    pipe('T', ['k', 'late', 11]);
    expect(pipe('S', ['k', 'C', 17])).toEqual([
      ['k', 'A-null', 10],
      ['k', 'B-late', 12],
    ]);
    // Older than the time of the buffer minus the grace: it cannot wait.
    expect(pipe('S', ['k', 'D', 11])).toEqual([['k', 'D-late', 11]]);
    expect(pipe('S', [null, 'E', 17])).toEqual([[null, 'E-null', 17]]);
  });

  test('gives buffered records back as they were, after a crash too', async () => {
    for (const lost of [false, true]) {
      const driver = await TopologyTestDriver.open(topology('test', joined(5)));
      const stream = await driver.input('S', keyText);
      const output = await driver.output('out', keyText);
      stream.pipe('k', 'A', { timestamp: 10, headers: [['h', Buffer.from('1')]] });
      await driver.restart(lost ? { backend: new MemoryBackend() } : {});
      stream.pipe('k', 'B', { timestamp: 15 });
      const [only, more] = output.readAll();
      expect(only).toMatchObject({ key: 'k', value: 'A-null', timestamp: 10, headers: [['h', Buffer.from('1')]] });
      expect(more).toBeUndefined();
    }
  });

  test('has a grace period only if the table is versioned', () => {
    const build = (flow: Flow): void => {
      const plain = flow.table('T', { ...row, name: 'rows' });
      flow.stream('S', keyText).pipe(join(plain, pair, { name: 'held', grace: 5 }), to('out', out));
    };
    expect(() => topology('t', build)).toThrow("join 'held' has a grace period, but its table keeps no history");
  });
});
