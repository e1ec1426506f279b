import { describe, expect, test } from 'vitest';
import {
  count,
  type Flow,
  filter,
  groupByKey,
  integer,
  keyValueStore,
  processValues,
  rowsOf,
  session,
  sessionStore,
  string,
  suppress,
  to,
  topology,
  tumbling,
  untilTimeLimit,
  versionedStore,
  windowedBy,
  windowStore,
} from '../../src/index.ts';
import { Application } from '../../src/runtime/application.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { run } from '../support/run-topology.ts';

const keyText = { key: string(), value: string() };
const shown = (value: unknown): string => JSON.stringify(value);

/** Pipes rows of key, value and time through a processor that shows what it finds. */
async function show(build: (flow: Flow) => void, ...rows: readonly (readonly [string, string, number])[]) {
  const { pipe, driver } = await run(['in'], build);
  return { out: pipe('in', ...rows).map(([, value]) => JSON.parse(String(value))), driver };
}

describe('a store of windows', () => {
  const seen = windowStore('seen', { key: string(), value: string(), retention: 10 });
  const build = (flow: Flow): void =>
    flow.stream('in', keyText).pipe(
      processValues({
        stores: [seen],
        init: ({ stores: { seen }, forward }) => {
          const starts = (rows: readonly { key: string; start: number }[]) =>
            rows.map(({ key, start }) => `${key}${start}`);
          return ({ key, value, timestamp }) => {
            seen.put(key, value, timestamp);
            forward(
              shown({
                row: seen.get('b', 2),
                up: starts(seen.fetch('b', 0, 9)),
                down: starts(seen.fetch('b', 0, 9, { reverse: true })),
                every: starts(seen.fetchAll(0, 9)),
                back: starts(seen.fetchAll(0, 9, { reverse: true })),
                some: starts(seen.fetchAll(0, 9, { keys: { from: 'aa', to: 'b' } })),
                someBack: starts(seen.fetchAll(0, 4, { keys: { to: 'b' }, reverse: true })),
                none: starts(seen.fetchAll(0, 9, { keys: { from: 'b', to: 'a' } })),
                all: starts(seen.all()),
                allBack: starts(seen.all({ reverse: true })),
              }),
            );
          };
        },
      }),
      to('out'),
    );

  test('gives windows of a key by start, of all keys by start, then key', async () => {
    const { out, driver } = await show(build, ['b', 'x', 4], ['b', 'y', 2], ['a', 'z', 4]);
    expect(out.at(-1)).toEqual({
      row: 'y',
      up: ['b2', 'b4'],
      down: ['b4', 'b2'],
      every: ['b2', 'a4', 'b4'],
      back: ['b4', 'a4', 'b2'],
      some: ['b2', 'b4'],
      someBack: ['b4', 'a4', 'b2'],
      none: [],
      all: ['a4', 'b2', 'b4'],
      allBack: ['b4', 'b2', 'a4'],
    });
    const aToB = driver.windowStore<string, string>('seen').fetchAll(0, 9, { keys: { from: 'a', to: 'aa' } });
    expect(aToB).toEqual([{ key: 'a', start: 4, value: 'z', timestamp: 4 }]);
    expect(driver.windowStore('seen').fetch('b', 2, 2)).toEqual([{ key: 'b', start: 2, value: 'y', timestamp: 2 }]);
  });

  test('deletes what is too old, and is there again after the state was lost', async () => {
    const { driver } = await show(build, ['a', 'x', 1], ['a', 'y', 5], ['a', 'z', 11], ['a', 'late', 0]);
    const rows = [
      { key: 'a', start: 5, value: 'y', timestamp: 5 },
      { key: 'a', start: 11, value: 'z', timestamp: 11 },
    ];
    expect(driver.windowStore('seen').all()).toEqual(rows);
    await driver.restart({ backend: new MemoryBackend() });
    expect(driver.windowStore('seen').all()).toEqual(rows);
  });
});

test('a store of sessions gives those that reach into a time', async () => {
  const visits = sessionStore('visits', { key: string(), value: string(), retention: 100 });
  const { out, driver } = await show(
    (flow) =>
      flow.stream('in', keyText).pipe(
        processValues({
          stores: [visits],
          init:
            ({ stores: { visits }, forward }) =>
            ({ key, value, timestamp }) => {
              visits.put(key, value, timestamp, timestamp + 5);
              const ends = (rows: readonly { key: string; end: number }[]) =>
                rows.map(({ key, end }) => `${key}${end}`);
              forward(
                shown({
                  row: visits.get('b', 3, 8),
                  up: ends(visits.fetch('b', 8, 10)),
                  down: ends(visits.fetch('b', 8, 10, { reverse: true })),
                  every: ends(visits.fetchAll(0, 99)),
                  some: ends(visits.fetchAll(0, 99, { keys: { from: 'b' } })),
                  someBack: ends(visits.fetchAll(8, 99, { keys: { to: 'b' }, reverse: true })),
                }),
              );
            },
        }),
        to('out'),
      ),
    ['b', 'x', 10],
    ['b', 'y', 3],
    ['b', 'early', 2],
    ['b', 'later', 11],
    ['a', 'z', 10],
  );
  expect(out.at(-1)).toEqual({
    row: 'y',
    up: ['b8', 'b15'],
    down: ['b15', 'b8'],
    every: ['b7', 'b8', 'a15', 'b15', 'b16'],
    some: ['b7', 'b8', 'b15', 'b16'],
    someBack: ['b16', 'b15', 'a15', 'b8'],
  });
  expect(driver.sessionStore('visits').get('b', 3, 8)).toBe('y');
});

test('a versioned store is asked as of a time', async () => {
  const prices = versionedStore('prices', { key: string(), value: string(), retention: 100 });
  const { out, driver } = await show(
    (flow) =>
      flow.stream('in', keyText).pipe(
        processValues({
          stores: [prices],
          init:
            ({ stores: { prices }, forward }) =>
            ({ key, value, timestamp }) => {
              const stored = value === 'none' ? prices.delete(key)?.value : prices.put(key, value);
              const values = [undefined, 9, 10, 25, 40].map((asOf) => prices.get(key, asOf)?.value ?? null);
              forward(shown([stored, values, timestamp]));
            },
        }),
        to('out'),
      ),
    ['k', 'a', 10],
    ['k', 'c', 30],
    ['k', 'b', 20],
    ['k', 'none', 35],
    ['l', 'new', 200],
    ['k', 'old', 5],
  );
  expect(out).toEqual([
    [true, ['a', null, 'a', 'a', 'a'], 10],
    [true, ['c', null, 'a', 'a', 'c'], 30],
    [true, ['c', null, 'a', 'b', 'c'], 20],
    ['c', [null, null, 'a', 'b', null], 35],
    [true, ['new', null, null, null, null], 200],
    [false, [null, null, null, null, null], 5],
  ]);
  expect(driver.versionedStore('prices').get('l')).toMatchObject({ value: 'new', timestamp: 200 });
});

describe('the rows of a table', () => {
  const looking = (flow: Flow, table: Parameters<typeof rowsOf<string, string, 'rows'>>[1]): void =>
    flow.stream('in', keyText).pipe(
      processValues({
        stores: [rowsOf('rows', table), keyValueStore('own', keyText)],
        init:
          ({ stores: { rows, own }, forward }) =>
          ({ key, value }) => {
            own.put(key, value);
            forward(`${rows.get(key)?.value} of ${[...rows.range()].length}, ${own.row(key)?.timestamp}`);
          },
      }),
      to('out'),
    );

  test('of a table with a store', async () => {
    const { pipe } = await run(['in', 'names'], (flow) =>
      looking(flow, flow.table('names', { ...keyText, name: 'n' })),
    );
    pipe('names', ['k', 'Ann', 1], ['l', 'Bob', 1]);
    expect(pipe('in', ['k', '', 2], ['m', '', 3])).toEqual([
      ['k', 'Ann of 2, 2', 2],
      ['m', 'undefined of 2, 3', 3],
    ]);
  });

  test('of a global table, which leaves the sub-topologies apart', async () => {
    const { pipe } = await run(['in'], (flow) => looking(flow, flow.globalTable('names', { ...keyText, name: 'n' })));
    expect(pipe('in', ['k', '', 2])).toEqual([['k', 'undefined of 0, 2', 2]]);
  });

  test('of a versioned table, as of a time too', async () => {
    const { pipe } = await run(['in', 'names'], (flow) => {
      const names = flow.table('names', { ...keyText, name: 'n', versioned: { retentionMs: 100 } });
      flow.stream('in', keyText).pipe(
        processValues({
          stores: [rowsOf('names', names)],
          init:
            ({ stores: { names }, forward }) =>
            ({ key, timestamp }) =>
              forward(names.get(key, timestamp)?.value ?? 'none'),
        }),
        to('out'),
      );
    });
    pipe('names', ['k', 'Ann', 10], ['k', 'Anna', 20]);
    expect(pipe('in', ['k', '', 15], ['k', '', 25], ['k', '', 5]).map(([, value]) => value)).toEqual([
      'Ann',
      'Anna',
      'none',
    ]);
  });

  test('which must be partitioned as the records are', () => {
    const built = topology('plan', (flow) => looking(flow, flow.table('names', { ...keyText, name: 'n' })));
    const bound = (names: number) =>
      Application.of(
        'app',
        built,
        new Map([
          ['in', 4],
          ['names', names],
          ['out', 1],
        ]),
      );
    expect(bound(4).subtopologies).toHaveLength(1);
    expect(() => bound(2)).toThrow(
      'processValues needs its inputs partitioned alike, but in has 4 partitions and names has 2 partitions.',
    );
  });

  test.each([
    ['a derived table', (flow: Flow) => flow.table('in', { ...keyText, name: 'n' }).pipe(filter(() => true))],
    [
      'a suppressed one',
      (flow: Flow) => flow.table('in', { ...keyText, name: 'n' }).pipe(suppress('s', untilTimeLimit(1))),
    ],
  ])('%s has none to give', async (_, table) => {
    const build = run(['in'], (flow) => looking(flow, table(flow)));
    await expect(build).rejects.toThrow(/rowsOf\('rows'\) needs the rows of a table in a store by key.*toTable/);
  });
});

describe('the driver reads each store as what it is', () => {
  test('windows, sessions and rows by key, and says so where it is another kind', async () => {
    const built = topology('kinds', (flow) => {
      const grouped = flow.stream('in', keyText).pipe(groupByKey());
      grouped.pipe(count('by-key'));
      grouped.pipe(windowedBy(tumbling(10)), count('by-window'));
      grouped.pipe(windowedBy(session(5)), count('by-session'));
    });
    const driver = await TopologyTestDriver.open(built);
    const input = await driver.input('in', keyText);
    input.pipe('k', 'v', { timestamp: 12 });
    input.pipe('k', 'v', { timestamp: 14 });
    expect(driver.windowStore('by-window').get('k', 10)).toBe(2);
    expect(driver.sessionStore('by-session').all()).toEqual([{ key: 'k', start: 12, end: 14, value: 2 }]);
    expect(driver.store('by-key').get('k')).toMatchObject({ value: 2, timestamp: 14 });
    expect(() => driver.store('by-window')).toThrow('Store by-window has times. Read it with');
    expect(() => driver.windowStore('by-key')).toThrow('Store by-key has no times.');
    expect(() => driver.windowStore('by-session')).toThrow("Store by-session is one of kind 'session'.");
    expect(() => driver.versionedStore('by-key')).toThrow('Store by-key keeps no versions.');
  });

  test('a retention that is none is refused', async () => {
    const stores = [windowStore('w', { key: string(), value: integer(), retention: -1 })];
    const build = run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(processValues({ stores, init: () => () => {} }));
    });
    await expect(build).rejects.toThrow("store 'w' has retention = -1.");
  });
});
