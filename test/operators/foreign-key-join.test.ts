import { describe, expect, test } from 'vitest';
import {
  type Flow,
  filter,
  foreignKeyJoin,
  foreignKeyLeftJoin,
  foreignKeyOuterJoin,
  groupBy,
  integer,
  mapValues,
  store,
  string,
  to,
  topology,
  toStream,
  toTable,
} from '../../src/index.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';
import { run, text } from '../support/run-topology.ts';

const name = 'joined';
const row = { key: string(), value: string() };
const both = (left: string | null, right: string | null): string => `${left}+${right}`;
/** `city:zip` refers to the city; `zip` alone to none. */
const city = (value: string): string | null => (value.includes(':') ? (value.split(':')[0] ?? null) : null);

const tables = (flow: Flow) => ({
  people: flow.table('people', { ...row, name: 'people' }),
  cities: flow.table('cities', { ...row, name: 'cities' }),
});

const inner = (flow: Flow): void => {
  const { people, cities } = tables(flow);
  people.pipe(foreignKeyJoin(cities, city, both, { name, value: string() }), to('out'));
};
const left = (flow: Flow): void => {
  const { people, cities } = tables(flow);
  people.pipe(foreignKeyLeftJoin(cities, city, both, { name, value: string() }), to('out'));
};
const outer = (flow: Flow): void => {
  const { people, cities } = tables(flow);
  people.pipe(
    foreignKeyOuterJoin(cities, city, both, { name, value: string(), unmatchedKey: (key) => `city ${key}` }),
    to('out'),
  );
};

describe('foreignKeyJoin', () => {
  test('joins each row with the one it refers to, whichever comes first', async () => {
    const { pipe } = await run(['people', 'cities'], inner);
    expect(pipe('people', ['ann', 'bonn:1', 1])).toEqual([]);
    expect(pipe('cities', ['bonn', 'Bonn', 2])).toEqual([['ann', 'bonn:1+Bonn', 2]]);
    expect(pipe('people', ['bob', 'bonn:2', 3], ['ann', 'bonn:3', 4])).toEqual([
      ['bob', 'bonn:2+Bonn', 3],
      ['ann', 'bonn:3+Bonn', 4],
    ]);
  });

  test('tells all subscribers of a change, in the order of their keys', async () => {
    const { pipe } = await run(['people', 'cities'], inner);
    pipe('people', ['cyd', 'bonn:1', 1], ['ann', 'bonn:2', 1], ['bob', 'kiel:3', 1]);
    expect(pipe('cities', ['bonn', 'B', 5])).toEqual([
      ['ann', 'bonn:2+B', 5],
      ['cyd', 'bonn:1+B', 5],
    ]);
    expect(pipe('cities', ['bonn', null, 6])).toEqual([
      ['ann', null, 6],
      ['cyd', null, 6],
    ]);
  });

  test('follows a row to another foreign key, and out of the result', async () => {
    const { pipe, driver } = await run(['people', 'cities'], inner);
    pipe('cities', ['bonn', 'B', 1], ['kiel', 'K', 1]);
    pipe('people', ['ann', 'bonn:1', 2]);
    expect(pipe('people', ['ann', 'kiel:1', 3])).toEqual([['ann', 'kiel:1+K', 3]]);
    expect(pipe('cities', ['bonn', 'B2', 4])).toEqual([]);
    expect(pipe('people', ['ann', 'nowhere', 5])).toEqual([['ann', null, 5]]);
    expect(driver.droppedTotal).toBe(1);
    expect(pipe('people', ['ann', null, 6])).toEqual([]);
    expect([...driver.store('joined-subscriptions').range()]).toEqual([]);
    expect([...driver.store(name).range()]).toEqual([]);
  });

  test('needs the serde of values that an operator made', async () => {
    const build = (flow: Flow): void => {
      const { people, cities } = tables(flow);
      people.pipe(
        foreignKeyJoin(cities.pipe(mapValues((value) => value.length)), city, (a) => a, { name, value: string() }),
      );
    };
    expect(() => topology('t', build)).toThrow("foreignKeyJoin 'joined' needs a serde for the otherValue");
  });

  test('joins derived tables, whose values have no serde', async () => {
    const { pipe } = await run(['people', 'cities'], (flow) => {
      const { people, cities } = tables(flow);
      people.pipe(
        mapValues((value) => ({ city: city(value), value })),
        filter(({ value }) => value !== 'hidden:1'),
        foreignKeyJoin(
          cities.pipe(mapValues((value) => value.length)),
          (person) => person.city,
          (person, length) => `${person.value} ${length}`,
          { name, value: string(), otherValue: integer() },
        ),
        to('out'),
      );
    });
    pipe('cities', ['bonn', 'Bonn', 1]);
    expect(pipe('people', ['ann', 'bonn:1', 2])).toEqual([['ann', 'bonn:1 4', 2]]);
    expect(pipe('cities', ['bonn', 'Bonn!', 3])).toEqual([['ann', 'bonn:1 5', 3]]);
  });

  test('gives changes with right old values, so that groups add up', async () => {
    const { pipe } = await run(
      ['people', 'cities'],
      (flow) => {
        const { people, cities } = tables(flow);
        people.pipe(
          foreignKeyJoin(cities, city, (_, size) => Number(size), { name, value: integer() }),
          groupBy('by-nothing', () => 'all', { key: string() }),
          store('sum', integer()).aggregate({
            initial: () => 0,
            add: (sum, size) => sum + size,
            subtract: (sum, size) => sum - size,
          }),
          to('out'),
        );
      },
      { out: integer() },
    );
    pipe('cities', ['bonn', '3', 1], ['kiel', '5', 1]);
    pipe('people', ['ann', 'bonn:1', 2], ['bob', 'kiel:1', 2], ['cyd', 'bonn:1', 2]);
    expect(pipe('cities', ['bonn', '10', 3]).at(-1)).toEqual(['all', 25, 3]);
    expect(pipe('people', ['ann', 'kiel:1', 4]).at(-1)).toEqual(['all', 20, 4]);
    expect(pipe('cities', ['kiel', null, 5]).at(-1)).toEqual(['all', 10, 5]);
  });
});

describe('foreignKeyLeftJoin', () => {
  test('has a result for every row', async () => {
    const { pipe } = await run(['people', 'cities'], left);
    expect(pipe('people', ['ann', 'bonn:1', 1])).toEqual([['ann', 'bonn:1+null', 1]]);
    expect(pipe('people', ['bob', 'nowhere', 2])).toEqual([['bob', 'nowhere+null', 2]]);
    expect(pipe('cities', ['bonn', 'B', 3])).toEqual([['ann', 'bonn:1+B', 3]]);
    expect(pipe('cities', ['bonn', null, 4])).toEqual([['ann', 'bonn:1+null', 4]]);
    expect(pipe('people', ['ann', null, 5], ['ann', null, 6])).toEqual([['ann', null, 5]]);
  });
});

describe('foreignKeyOuterJoin', () => {
  test('has a result for rows that nobody refers to, under a key of their own', async () => {
    const { pipe, driver } = await run(['people', 'cities'], outer);
    expect(pipe('cities', ['bonn', 'B', 1])).toEqual([['city bonn', 'null+B', 1]]);
    expect(pipe('people', ['ann', 'bonn:1', 2])).toEqual([
      ['city bonn', null, 2],
      ['ann', 'bonn:1+B', 2],
    ]);
    expect(pipe('people', ['bob', 'bonn:2', 3])).toEqual([['bob', 'bonn:2+B', 3]]);
    expect(pipe('people', ['ann', 'kiel:1', 4])).toEqual([['ann', 'kiel:1+null', 4]]);
    expect(pipe('people', ['bob', null, 5])).toEqual([
      ['city bonn', 'null+B', 5],
      ['bob', null, 5],
    ]);
    expect(pipe('cities', ['bonn', null, 6], ['kiel', 'K', 7])).toEqual([
      ['city bonn', null, 6],
      ['ann', 'kiel:1+K', 7],
    ]);
    expect([...driver.store(name).range()].map(({ key }) => key)).toEqual(['ann']);
  });
});

test('subscriptions and results survive a crash, with the state and without it', async () => {
  for (const lost of [false, true]) {
    const driver = await TopologyTestDriver.open(topology('test', inner));
    const people = await driver.input('people', { key: text, value: text });
    const cities = await driver.input('cities', { key: text, value: text });
    const out = await driver.output('out', { key: text, value: text });
    people.pipe('ann', 'bonn:1', { timestamp: 1 });
    cities.pipe('bonn', 'B', { timestamp: 2 });
    await driver.restart(lost ? { backend: new MemoryBackend() } : {});
    cities.pipe('bonn', 'B2', { timestamp: 3 });
    people.pipe('ann', null, { timestamp: 4 });
    expect(out.readAll().map(({ value }) => value)).toEqual(['bonn:1+B', 'bonn:1+B2', null]);
  }
});

test('sides of different partition counts meet, on the log', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { people: 3, cities: 2, out: 1 });
  const names = Array.from({ length: 20 }, (_, n) => `person ${n}`);
  await bench.write('cities', [
    ['bonn', 'B', 1],
    ['kiel', 'K', 1],
  ]);
  await bench.write(
    'people',
    names.map((person, n) => [person, `${n % 2 === 0 ? 'bonn' : 'kiel'}:${n}`, 2]),
  );
  const worker = bench.worker(topology('meet', inner), { emit: 'update' });
  await worker.start();
  await worker.ready();
  await worker.untilEnd();
  const results = new Map((await bench.read('out')).map(({ key, value }) => [key, value]));
  expect(results).toEqual(new Map(names.map((person, n) => [person, n % 2 === 0 ? `bonn:${n}+B` : `kiel:${n}+K`])));
  await bench.log.close();
});

describe('a row of the other table that comes and goes between two commits', () => {
  // What was held back until a commit comes through internal topics in the order of timestamps.
  const passing = (flow: Flow): void => {
    const cities = flow.table('raw', { ...row, name: 'raw' }).pipe(
      toStream((value) => (value ?? '').split('=')[0] ?? ''),
      mapValues((value) => (value === null || value.endsWith('=') ? null : value)),
      toTable('cities', row),
    );
    const people = flow.table('people', { ...row, name: 'people' });
    people.pipe(foreignKeyLeftJoin(cities, city, both, { name, value: string() }), to('out'));
  };

  test('leaves no result with who met it in between', async () => {
    const { pipe, commit } = await run(['raw', 'people'], passing, { emit: 'commit' });
    pipe('raw', ['r1', 'oslo=1', 1], ['r2', 'oslo=', 9]);
    pipe('people', ['ann', 'oslo:5', 5]);
    expect(commit().at(-1)?.slice(0, 2)).toEqual(['ann', 'oslo:5+null']);
  });
});
