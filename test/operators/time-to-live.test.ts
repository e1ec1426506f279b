import { join as joinPath } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  count,
  type Flow,
  filter,
  groupBy,
  groupByKey,
  integer,
  join,
  keyValueStore,
  mapValues,
  nullable,
  process,
  reduce,
  store,
  string,
  to,
  topology,
  toStream,
  toTable,
  tumbling,
  type Worker,
  windowedBy,
} from '../../src/index.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { openStateFile } from '../../src/state/sqlite/state-file.ts';
import type { StateBackend } from '../../src/state/store.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';
import { number, run, text } from '../support/run-topology.ts';

const words = { key: string(), value: string() };
const rows = { key: nullable(string()), value: nullable(string()) };
const out = { value: text };

const fail = (): never => {
  throw new Error('broken');
};

/** A table of text that lives for 10 ms, and its changes. */
const table = (flow: Flow) => flow.stream('S', rows).pipe(toTable('rows', { ...words, timeToLive: 10 }));
const changes = (flow: Flow): void => void table(flow).pipe(toStream(), to('out', out));

describe('a table whose rows have a time to live', () => {
  test('with no rows, nothing ends', async () => {
    const { pipe, driver } = await run(['S'], changes);
    expect(pipe('S', ['k', null, 5], ['k', null, 500])).toEqual([
      ['k', null, 5],
      ['k', null, 500],
    ]);
    expect(driver.timedStore('rows-expiry').all()).toEqual([]);
  });

  test('a row is gone at its time plus its time to live, not before; it is deleted as of that time', async () => {
    const { pipe, driver } = await run(['S'], changes);
    expect(pipe('S', ['k', 'a', 5], ['x', 'b', 14])).toEqual([
      ['k', 'a', 5],
      ['x', 'b', 14],
    ]);
    expect(driver.store('rows').get('k')).toEqual(expect.objectContaining({ value: 'a', timestamp: 5 }));
    expect(pipe('S', ['y', 'c', 15])).toEqual([
      ['k', null, 15],
      ['y', 'c', 15],
    ]);
    expect(driver.store('rows').get('k')).toBeUndefined();
  });

  test('many rows end in the order of their ends, however far time jumps', async () => {
    const { pipe, driver } = await run(['S'], changes);
    pipe('S', ['b', 'x', 3], ['c', 'x', 1], ['a', 'x', 3], ['d', 'x', 2]);
    expect(pipe('S', ['z', 'x', 1000])).toEqual([
      ['c', null, 11],
      ['d', null, 12],
      ['a', null, 13],
      ['b', null, 13],
      ['z', 'x', 1000],
    ]);
    expect([...driver.store('rows').range()]).toHaveLength(1);
    expect(driver.timedStore('rows-expiry').all()).toHaveLength(1);
  });

  test('an update renews a row, and one that is older than it brings its end forward', async () => {
    const { pipe } = await run(['S'], changes);
    pipe('S', ['k', 'a', 0], ['k', 'b', 9]);
    expect(pipe('S', ['x', 'x', 18])).toEqual([['x', 'x', 18]]);
    expect(pipe('S', ['y', 'y', 19])).toEqual([
      ['k', null, 19],
      ['y', 'y', 19],
    ]);
    pipe('S', ['m', 'new', 30], ['m', 'old', 25]);
    expect(pipe('S', ['z', 'z', 35])).toEqual([
      ['m', null, 35],
      ['z', 'z', 35],
    ]);
  });

  test('a row that is deleted does not end again, and may come anew', async () => {
    const { pipe } = await run(['S'], changes);
    pipe('S', ['k', 'a', 0], ['k', null, 1], ['m', 'a', 2], ['m', null, 3], ['m', 'b', 4]);
    expect(pipe('S', ['x', 'x', 13])).toEqual([['x', 'x', 13]]);
    expect(pipe('S', ['x', 'y', 14])).toEqual([
      ['m', null, 14],
      ['x', 'y', 14],
    ]);
  });

  test('what has ended already when it comes is dropped and counted; the row that is there stays', async () => {
    const { pipe, driver } = await run(['S'], changes);
    pipe('S', ['k', 'a', 100]);
    expect(pipe('S', ['k', 'late', 90], ['x', 'late', 50], ['y', 'in time', 91])).toEqual([['y', 'in time', 91]]);
    expect(driver.store('rows').get('k')?.value).toBe('a');
    expect(driver.dropped).toEqual(new Map([['rows: expired', 2]]));
  });

  test('a late deletion is none the less one', async () => {
    const { pipe } = await run(['S'], changes);
    expect(pipe('S', ['k', 'a', 100], ['k', null, 50])).toEqual([
      ['k', 'a', 100],
      ['k', null, 50],
    ]);
  });

  test('a record with a null key moves time, too', async () => {
    const { pipe, driver } = await run(['S'], changes);
    expect(pipe('S', ['k', 'a', 0], [null, 'x', 10])).toEqual([
      ['k', 'a', 0],
      ['k', null, 10],
    ]);
    expect(driver.dropped).toEqual(new Map([['rows: null key', 1]]));
  });

  test('what is made of it follows: groups subtract, joins and filters lose the row', async () => {
    const { pipe, driver } = await run(['S', 'T'], (flow) => {
      const short = table(flow);
      const long = flow.table('T', { ...words, name: 'long' });
      short.pipe(
        groupBy('by-value', (value) => value, { key: string() }),
        count('counts'),
      );
      short.pipe(
        join(long, (a, b) => `${a}${b}`, { store: 'joined', value: string() }),
        filter((value) => value !== 'b!', { store: 'kept' }),
      );
    });
    pipe('T', ['k', '!', 0], ['m', '!', 0]);
    pipe('S', ['k', 'a', 0], ['m', 'a', 5], ['n', 'b', 5]);
    const seen = (name: string) => [...driver.store(name).range()].map(({ key, value }) => [key, value]);
    expect([seen('counts'), seen('joined'), seen('kept')]).toEqual([
      [
        ['a', 2],
        ['b', 1],
      ],
      [
        ['k', 'a!'],
        ['m', 'a!'],
      ],
      [
        ['k', 'a!'],
        ['m', 'a!'],
      ],
    ]);
    pipe('T', ['other', '!', 10]);
    expect([seen('counts')[0], seen('joined'), seen('kept')]).toEqual([['a', 1], [['m', 'a!']], [['m', 'a!']]]);
    pipe('T', ['other', '!', 15]);
    expect(seen('counts').map(([, n]) => n)).toEqual([0, 0]);
  });

  test('the record that brings a row to its end does not meet it', async () => {
    const { pipe } = await run(['S', 'T'], (flow) => {
      const short = table(flow);
      flow.stream('T', words).pipe(
        join(short, (a, b) => `${a}${b}`),
        to('out', out),
      );
    });
    pipe('S', ['k', 'a', 0]);
    expect(pipe('T', ['k', '1', 9], ['k', '2', 10], ['k', '3', 9])).toEqual([['k', '1a', 9]]);
  });

  test('at the commit, the last change of each row comes out; one that came and went in between does not', async () => {
    const { pipe, commit } = await run(['S'], changes, { emit: 'commit' });
    pipe('S', ['k', 'a', 0]);
    expect(commit()).toEqual([['k', 'a', 0]]);
    pipe('S', ['m', 'b', 1], ['x', 'c', 20]);
    expect(commit()).toEqual([
      ['k', null, 10],
      ['x', 'c', 20],
    ]);
  });

  test('a step behind it that fails at the end of a row does so at that row', async () => {
    const failing = topology('test', (flow) => {
      table(flow).pipe(
        toStream(),
        mapValues((value) => (value === null ? fail() : value)),
        to('out', out),
      );
    });
    const driver = await TopologyTestDriver.open(failing, { settings: { processingErrors: 'dead-letter' } });
    const input = await driver.input('S', words);
    input.pipe('k', 'a', { timestamp: 0 });
    input.pipe('m', 'b', { timestamp: 10 });
    expect((await driver.output('out', words)).readAll().map(({ key }) => key)).toEqual(['k', 'm']);
    expect((await driver.output('test-dead-letters', rows)).readAll()).toMatchObject([{ key: 'k', value: null }]);
    expect([...driver.store('rows').range()]).toHaveLength(1);
  });

  test('rows of several tables end in one order, as if time had gone on step by step', async () => {
    const { pipe } = await run(['S'], (flow) => {
      const shorter = table(flow).pipe(
        toStream(),
        mapValues((value) => value ?? 'gone'),
        toTable('shorter', { ...words, timeToLive: 5 }),
      );
      shorter.pipe(toStream(), to('out', out));
    });
    pipe('S', ['k', 'a', 0]);
    expect(pipe('S', ['x', 'x', 12])).toEqual([
      ['k', null, 5],
      ['k', 'gone', 10],
      ['x', 'x', 12],
    ]);
  });
});

describe('aggregates with a time to live', () => {
  const streamed = (build: (flow: Flow) => void, value = number) => run(['S'], build, { out: value });
  const grouped = (flow: Flow) => flow.stream('S', words).pipe(groupByKey());

  test('count begins anew with a key that it has not met for so long', async () => {
    const { pipe } = await streamed(
      (flow) => void grouped(flow).pipe(count('counts', { timeToLive: 10 }), toStream(), to('out')),
      nullable(number),
    );
    expect(pipe('S', ['k', 'x', 0], ['k', 'x', 9], ['k', 'x', 19])).toEqual([
      ['k', 1, 0],
      ['k', 2, 9],
      ['k', null, 19],
      ['k', 1, 19],
    ]);
  });

  test('a value that is older than its row is added while the row lives', async () => {
    const { pipe, driver } = await streamed((flow) => void grouped(flow).pipe(count('counts', { timeToLive: 10 })));
    pipe('S', ['k', 'x', 20], ['k', 'late', 3], ['m', 'late', 3]);
    expect([...driver.store('counts').range()]).toEqual([{ key: 'k', value: 2, timestamp: 20 }]);
    expect(driver.dropped).toEqual(new Map([['counts: expired', 1]]));
  });

  test('so do reduce, aggregate and cogroup', async () => {
    const { pipe, driver } = await streamed((flow) => {
      const group = grouped(flow);
      const lengths = store('lengths', integer(), { timeToLive: 10 });
      const all = store('all', string(), { timeToLive: 20 });
      group.pipe(reduce('longest', { add: (a, b) => (a.length > b.length ? a : b), timeToLive: 10 }));
      group.pipe(lengths.aggregate({ initial: () => 0, add: (sum, value) => sum + value.length }));
      all.cogroup(
        () => '',
        all.on(group, (sofar, value) => sofar + value),
      );
    });
    pipe('S', ['k', 'abc', 0], ['k', 'd', 5], ['x', 'x', 15], ['k', 'e', 16]);
    const seen = ['longest', 'lengths', 'all'].map((name) => driver.store(name).get('k')?.value);
    expect(seen).toEqual(['e', 1, 'abcde']);
  });
});

describe('processors whose stores have a time to live', () => {
  /** Puts each record's value; it may say its own time to live, as in 'a/5'. Gives what it found. */
  const lookUp = (flow: Flow, timeToLive: number): void =>
    void flow.stream('S', words).pipe(
      process({
        stores: [store('seen', string(), { timeToLive })],
        init:
          ({ stores: { seen }, forward }) =>
          ({ key, value }) => {
            forward({ key, value: seen.get(key) ?? 'none' });
            const [text = '', own] = value.split('/');
            if (text !== '') seen.put(key, text, own === undefined ? {} : { timeToLive: Number(own) });
          },
      }),
      to('out', out),
    );
  const values = (found: readonly (readonly unknown[])[]) => found.map(([, value]) => value);

  test('a row is not seen when it has ended', async () => {
    const { pipe, driver } = await run(['S'], (flow) => lookUp(flow, 10));
    expect(values(pipe('S', ['k', 'a', 0], ['k', 'b', 9], ['k', '', 18], ['k', '', 19], ['k', '', 12]))).toEqual([
      'none',
      'a',
      'b',
      'none',
      'none',
    ]);
    expect([...driver.store('seen').range()]).toEqual([]);
  });

  test("a row's own time counts instead, shorter or longer; the next write has the store's again", async () => {
    const { pipe } = await run(['S'], (flow) => lookUp(flow, 10));
    pipe('S', ['short', 'a/5', 0], ['long', 'a/30', 0], ['ever', 'a/Infinity', 0], ['back', 'a/30', 0]);
    expect(values(pipe('S', ['back', 'b', 1], ['short', '', 4], ['short', '', 5]))).toEqual(['a', 'a', 'none']);
    expect(values(pipe('S', ['back', '', 11], ['long', '', 29], ['long', '', 30], ['ever', '', 9999]))).toEqual([
      'none',
      'a',
      'none',
      'a',
    ]);
    expect(values(pipe('S', ['ever', 'b', 9999], ['ever', '', 10_009]))).toEqual(['a', 'none']);
  });

  test('where the store has Infinity, only rows with a time of their own end', async () => {
    const { pipe } = await run(['S'], (flow) => lookUp(flow, Number.POSITIVE_INFINITY));
    pipe('S', ['k', 'a', 0], ['m', 'a/5', 0]);
    expect(values(pipe('S', ['k', '', 500], ['m', '', 500]))).toEqual(['a', 'none']);
  });

  test('a row that has ended already is not written', async () => {
    const { pipe, driver } = await run(['S'], (flow) => lookUp(flow, 10));
    pipe('S', ['x', 'x', 100], ['k', 'a', 90], ['k', 'b/11', 90]);
    expect(driver.store('seen').get('k')?.value).toBe('b');
    expect(driver.dropped).toEqual(new Map([['seen: expired', 1]]));
  });

  test('two processors share one store, and may write its rows at other times', async () => {
    const { pipe, driver } = await run(['S', 'T'], (flow) => {
      const shared = keyValueStore('shared', { ...words, timeToLive: 10 });
      const putting = (topic: string, ahead: number): void =>
        void flow.stream(topic, words).pipe(
          process({
            stores: [shared],
            init:
              ({ stores }) =>
              ({ key, value, timestamp }) =>
                stores.shared.put(key, value, timestamp + ahead),
          }),
        );
      putting('S', 0);
      putting('T', 100);
    });
    pipe('S', ['k', 'a', 0], ['m', 'a', 0]);
    pipe('T', ['k', 'b', 1], ['x', 'x', 50]);
    expect([...driver.store('shared').range()].map(({ key }) => key)).toEqual(['k', 'x']);
  });

  test.each(['0', '-1', 'NaN', '1.5'])('a row cannot live for %s ms', async (own) => {
    const { pipe } = await run(['S'], (flow) => lookUp(flow, 10));
    expect(() => pipe('S', ['k', `a/${own}`, 0])).toThrow(
      `A row of store 'seen' cannot have the timeToLive ${own}. Give a whole number of ms from 1`,
    );
  });

  test('a row cannot have one where the store was declared without', async () => {
    const { pipe } = await run(['S'], (flow) => {
      flow.stream('S', words).pipe(
        process({
          stores: [store('plain', string())],
          init:
            ({ stores: { plain } }) =>
            ({ key, value }) =>
              plain.put(key, value, { timeToLive: 5 }),
        }),
      );
    });
    expect(() => pipe('S', ['k', 'a', 0])).toThrow(/row of store 'plain' cannot have the timeToLive 5.*Infinity/s);
  });
});

describe.each(['memory', 'sqlite'] as const)('over a restart, in %s', (kind) => {
  /** Rows at 100 and 105, killed; what comes then. */
  async function killed(how: 'with its state' | 'behind' | 'without its state') {
    using folder = temporaryFolder();
    let files = 0;
    let backend: StateBackend = new MemoryBackend();
    const open = (): StateBackend => {
      if (kind === 'memory') return how === 'without its state' ? new MemoryBackend() : backend;
      backend.close();
      const path = joinPath(folder.path, `${how === 'without its state' ? files++ : 0}.db`);
      return openStateFile({ path, applicationId: 'test' });
    };
    backend = open();
    const driver = await TopologyTestDriver.open(topology('test', changes), { backend });
    const input = await driver.input('S', rows);
    const output = await driver.output('out', rows);
    input.pipe('a', 'x', { timestamp: 100 });
    input.pipe('b', 'x', { timestamp: 105 });
    await driver.restart({ backend: open, behind: how === 'behind' });
    output.readAll();
    const pipe = (key: string, timestamp: number) => {
      input.pipe(key, 'y', { timestamp });
      return output.readAll().map(({ key, value, timestamp }) => [key, value, timestamp]);
    };
    const seen = [pipe('late', 95), pipe('c', 110), pipe('d', 115)];
    return { seen, dropped: driver.dropped, rows: [...driver.store('rows').range()].map(({ key }) => key) };
  }

  test.each(['with its state', 'behind', 'without its state'] as const)(
    'killed %s, it goes on as before',
    async (how) => {
      expect(await killed(how)).toEqual({
        seen: [
          [],
          [
            ['a', null, 110],
            ['c', 'y', 110],
          ],
          [
            ['b', null, 115],
            ['d', 'y', 115],
          ],
        ],
        dropped: new Map([['rows: expired', 1]]),
        rows: ['c', 'd'],
      });
    },
  );
});

describe('in a worker', () => {
  const bare = topology('ttl', (flow) => {
    flow.stream('in', words).pipe(toTable('rows'), toStream(), to('out', out));
  });
  const ending = topology('ttl', (flow) => {
    flow.stream('in', words).pipe(toTable('rows', { timeToLive: 10 }), toStream(), to('out', out));
  });

  /** Runs it until it has written so many records, all of them counted. */
  async function until(bench: LogBench, worker: Worker, records: number) {
    await worker.start();
    let written = await bench.read('out');
    while (written.length < records) {
      await nextTurn();
      written = await bench.read('out');
    }
    await worker.stop();
    return written.map(({ key, value, timestamp }) => [key, value, timestamp]);
  }

  test('a store that gets a time to live gives it to the rows that it has', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
    await bench.write('in', [
      ['old', 'x', 100],
      ['newer', 'x', 105],
    ]);
    await until(bench, bench.worker(bare), 2);
    await bench.write('in', [['next', 'x', 112]]);
    expect(await until(bench, bench.worker(ending), 4)).toEqual([
      ['old', 'x', 100],
      ['newer', 'x', 105],
      ['old', null, 110],
      ['next', 'x', 112],
    ]);
    const changelog = await bench.read('ttl-rows-changelog');
    expect(changelog.filter(({ value }) => value === null).map(({ key }) => key)).toEqual(['old']);
  });
});

describe('a time to live that cannot be', () => {
  const flowing = (build: (flow: Flow) => void) => (): unknown => topology('test', build);

  test.each([0, -1, Number.NaN, 0.5, Number.NEGATIVE_INFINITY])('%s is no time', (timeToLive) => {
    const steps: readonly (() => unknown)[] = [
      () => store('s', string(), { timeToLive }),
      () => keyValueStore('s', { ...words, timeToLive }),
      () => toTable('s', { timeToLive }),
      flowing((flow) => void flow.stream('S', words).pipe(groupByKey(), count('s', { timeToLive }))),
      flowing((flow) => void flow.stream('S', words).pipe(groupByKey(), reduce('s', { add: (a) => a, timeToLive }))),
    ];
    for (const step of steps) expect(step).toThrow(`cannot have the timeToLive ${timeToLive}. Give a whole number`);
  });

  test('windows have a retention', () => {
    const windowed = (flow: Flow) => flow.stream('S', words).pipe(groupByKey(), windowedBy(tumbling(10)));
    expect(flowing((flow) => void windowed(flow).pipe(count('s', { timeToLive: 5 })))).toThrow(
      /aggregate\('s'\) cannot have the timeToLive 5.*retention/s,
    );
    const s = store('s', integer(), { timeToLive: 5 });
    const cogroup = (flow: Flow): void =>
      void s.windowedBy(tumbling(10)).cogroup(
        { initial: () => 0 },
        s.on(flow.stream('S', words).pipe(groupByKey()), (n) => n + 1),
      );
    expect(flowing(cogroup)).toThrow(/cogroup\('s'\) cannot have the timeToLive 5.*retention/s);
  });

  test('so has a versioned table', () => {
    expect(() => toTable('s', { timeToLive: 5, versioned: { retentionMs: 9 } })).toThrow(
      /toTable\('s'\) cannot have the timeToLive 5.*retentionMs/s,
    );
  });

  test('the rows of a grouped table end where they are', () => {
    const counted = (flow: Flow): void =>
      void table(flow).pipe(
        groupBy('g', (value) => value, { key: string() }),
        count('s', { timeToLive: 5 }),
      );
    expect(flowing(counted)).toThrow(/aggregate\('s'\) cannot have the timeToLive 5.*table that is grouped/s);
  });

  test('the topic of a source table is not ours', () => {
    const options = { ...words, name: 's', timeToLive: 5 };
    // What the compiler does not let through.
    const build = flowing((flow) => void flow.table('T', options as unknown as typeof words & { name: string }));
    expect(build).toThrow(/flow.table\('T'\) cannot have the timeToLive 5.*toTable\('s', { timeToLive: … }\)/s);
  });

  test('without one, or with an infinite one, tables have no more stores than before', () => {
    const { graph } = topology('test', (flow) => {
      const timeToLive = Number.POSITIVE_INFINITY;
      flow.stream('S', words).pipe(toTable('rows'), toStream(), groupByKey(), count('counts', { timeToLive }));
    });
    expect([...graph.stores.keys()]).toEqual(['rows', 'counts']);
  });
});
