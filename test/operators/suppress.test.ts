import { describe, expect, test } from 'vitest';
import {
  count,
  filter,
  groupBy,
  groupByKey,
  join,
  mapValues,
  reduce,
  session,
  string,
  suppress,
  to,
  topology,
  toStream,
  tumbling,
  untilTimeLimit,
  untilWindowCloses,
  windowedBy,
} from '../../src/index.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { number, type Row, run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: string() };

const limited = (until: ReturnType<typeof untilTimeLimit>, emit: 'update' | 'commit' = 'update') =>
  run(
    ['in'],
    (flow) => {
      flow.table('in', { ...keyText, name: 'rows' }).pipe(suppress('held', until), toStream(), to('out'));
    },
    { emit },
  );

describe('until a time limit', () => {
  test("the newest value comes out, with its time, when the key's first change is so old", async () => {
    const { pipe } = await limited(untilTimeLimit(10));
    expect(pipe('in', ['a', '1', 0], ['a', '2', 5], ['b', 'x', 9])).toEqual([]);
    expect(pipe('in', ['c', 'y', 10])).toEqual([['a', '2', 5]]);
    expect(pipe('in', ['c', 'z', 19])).toEqual([['b', 'x', 9]]);
    expect(pipe('in', ['d', 'w', 20])).toEqual([['c', 'z', 19]]);
  });

  test('deletions come out too', async () => {
    const { pipe } = await limited(untilTimeLimit(10));
    expect(pipe('in', ['a', '1', 0], ['a', null, 5], ['b', 'x', 10])).toEqual([['a', null, 5]]);
  });

  test('more rows than allowed: the oldest come out early', async () => {
    const { pipe } = await limited(untilTimeLimit(1000, { maxRecords: 2 }));
    expect(pipe('in', ['b', '1', 5], ['a', '1', 5], ['b', '2', 6])).toEqual([]);
    expect(pipe('in', ['c', '1', 7])).toEqual([['a', '1', 5]]);
    expect(pipe('in', ['a', '2', 8])).toEqual([['b', '2', 6]]);
  });

  test('more bytes than allowed: the oldest come out early, as many as have to', async () => {
    // A row of one character each in key and value is 16 + 1 + 8 + 1 bytes.
    const { pipe } = await limited(untilTimeLimit(1000, { maxBytes: 60 }));
    expect(pipe('in', ['a', '1', 1], ['b', '1', 2])).toEqual([]);
    expect(pipe('in', ['b', '1234567890', 3])).toEqual([['a', '1', 1]]);
    expect(pipe('in', ['b', '1', 4], ['c', '1', 5])).toEqual([]);
    expect(pipe('in', ['d', 'x'.repeat(30), 6])).toEqual([
      ['b', '1', 4],
      ['c', '1', 5],
    ]);
    expect(pipe('in', ['e', 'x'.repeat(50), 7])).toEqual([
      ['d', 'x'.repeat(30), 6],
      ['e', 'x'.repeat(50), 7],
    ]);
  });

  test('more than allowed, told to shut down', async () => {
    const { pipe } = await limited(untilTimeLimit(1000, { maxRecords: 1, whenFull: 'shutDown' }));
    pipe('in', ['a', '1', 1], ['a', '2', 2]);
    expect(() => pipe('in', ['b', '1', 3])).toThrow(
      /suppress 'held' holds back 2 rows, more than its limits \(maxRecords 1, maxBytes none\)/,
    );
  });

  test('what is held, its time, its limits and its headers survive a restart', async () => {
    for (const behind of [false, true]) {
      const { driver } = await limited(untilTimeLimit(10, { maxRecords: 2 }));
      const input = await driver.input('in', { key: string(), value: string() });
      const output = await driver.output('out', keyText);
      const headers = [
        ['h', Buffer.from([0xff, 0])],
        ['empty', null],
      ] as const;
      input.pipe('a', '1', { timestamp: 0, headers });
      await driver.restart({ behind });
      input.pipe('b', '1', { timestamp: 20 });
      input.pipe('c', '1', { timestamp: 3 });
      await driver.restart({ behind });
      expect(output.readAll()).toEqual([
        { key: 'a', value: '1', timestamp: 0, headers },
        { key: 'c', value: '1', timestamp: 3, headers: [] },
      ]);
      for (const key of ['d', 'e']) input.pipe(key, '1', { timestamp: 21 });
      expect(output.readAll().map(({ key }) => key)).toEqual(['b']);
    }
  });

  test.each(['update', 'commit'] as const)('changes that come at commits (%s)', async (emit) => {
    const { pipe, commit } = await limited(untilTimeLimit(10), emit);
    expect([...pipe('in', ['a', '1', 0], ['b', '1', 10]), ...commit()]).toEqual([['a', '1', 0]]);
  });
});

describe('until windows close', () => {
  const finals = (limits = {}, emit: 'update' | 'commit' = 'update') =>
    run(
      ['in'],
      (flow) => {
        flow.stream('in', keyText).pipe(
          groupByKey(),
          windowedBy(tumbling(10, { grace: 5 })),
          count('counts'),
          suppress('final', untilWindowCloses(limits)),
          toStream((_, { key, start }) => `${key}@${start}`),
          to('out', { key: text }),
        );
      },
      { out: number, emit },
    );

  test('a window comes out once, when the change that closes it and its last one are of one commit', async () => {
    const { pipe, commit } = await finals({}, 'commit');
    expect([...pipe('in', ['a', '1', 1]), ...commit()]).toEqual([]);
    expect(pipe('in', ['b', '1', 11], ['a', '2', 9], ['b', '2', 19])).toEqual([]);
    expect(commit()).toEqual([['a@0', 2, 9]]);
  });

  test('one result a window, in the order of ends, then keys', async () => {
    const { pipe } = await finals();
    const rows: Row[] = [
      ['b', '', 1],
      ['a', '', 2],
      ['a', '', 3],
      ['a', '', 11],
      ['a', '', 14],
      ['a', '', 4],
    ];
    expect(pipe('in', ...rows)).toEqual([]);
    expect(pipe('in', ['c', '', 15])).toEqual([
      ['a@0', 3, 4],
      ['b@0', 1, 1],
    ]);
    expect(pipe('in', ['c', '', 60])).toEqual([
      ['a@10', 2, 14],
      ['c@10', 1, 15],
    ]);
  });

  test('too many windows at once stop the worker', async () => {
    const { pipe } = await finals({ maxRecords: 2 });
    expect(() => pipe('in', ['a', '', 1], ['b', '', 2], ['c', '', 3])).toThrow(/suppress 'final' holds back 3 rows/);
  });

  test('the grace is found behind filters and mapped values; sessions add their gap', async () => {
    const { pipe } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        groupByKey(),
        windowedBy(session(10, { grace: 5 })),
        count('counts'),
        filter((n) => n > 0),
        mapValues((n) => `${n}`),
        suppress('final', untilWindowCloses(), { value: string() }),
        toStream((_, { key, start, end }) => `${key}@${start}-${end}`),
        to('out', { key: text }),
      );
    });
    expect(pipe('in', ['a', '', 1], ['a', '', 4], ['b', '', 18])).toEqual([]);
    expect(pipe('in', ['b', '', 19])).toEqual([['a@1-4', '2', 4]]);
  });

  test('without windows there is nothing to wait for', async () => {
    const build = run(['in'], (flow) => {
      const table = flow.table('in', { ...keyText, name: 'rows' });
      // @ts-expect-error the keys are no windows
      table.pipe(suppress('final', untilWindowCloses()), toStream(), to('out'));
    });
    await expect(build).rejects.toThrow(/suppress 'final' waits until windows close/);
  });
});

describe('old values behind suppress', () => {
  const results = async (compat: 'none' | 'kafka-streams') => {
    const plan = topology('old', (flow) => {
      flow.table('in', { ...keyText, name: 'rows' }).pipe(
        suppress('held', untilTimeLimit(10)),
        groupBy('by-first', (value) => value.slice(0, 1), { key: string(), value: string() }),
        reduce('groups', { add: (a, b) => `${a}+${b}`, subtract: (a, b) => `${a}-${b}` }),
        to('out'),
      );
    });
    const driver = await TopologyTestDriver.open(plan, { settings: { compat } });
    const input = await driver.input('in', { key: string(), value: string() });
    const output = await driver.output('out', keyText);
    for (const [key, value, timestamp] of [
      ['k', 'x1', 0],
      ['k', 'x2', 5],
      ['l', 'y', 10],
      ['k', 'x3', 11],
      ['k', 'x4', 12],
      ['l', 'y', 21],
    ] as const)
      input.pipe(key, value, { timestamp });
    return output.readAll().map(({ key, value }) => `${key}: ${value}`);
  };

  test('are what was last passed on', async () => {
    expect(await results('none')).toEqual(['x: x2', 'y: y', 'x: x2-x2+x4']);
  });

  test("are what the newest held change has replaced, in Kafka Streams' way", async () => {
    expect(await results('kafka-streams')).toEqual(['x: x2', 'y: y', 'x: x2-x3+x4']);
  });

  test('a join sees the row as it was last passed on', async () => {
    const { pipe } = await run(['in', 'left'], (flow) => {
      const held = flow.table('in', { ...keyText, name: 'rows' }).pipe(suppress('held', untilTimeLimit(10)));
      const left = flow.table('left', { ...keyText, name: 'lefts' });
      left.pipe(
        join(held, (a, b) => `${a}${b}`),
        toStream(),
        to('out', { value: text }),
      );
    });
    pipe('in', ['k', '1', 0], ['l', 'x', 10]);
    expect(pipe('left', ['k', 'a', 11])).toEqual([['k', 'a1', 11]]);
    pipe('in', ['k', '2', 12]);
    expect(pipe('left', ['k', 'b', 13])).toEqual([['k', 'b1', 13]]);
    expect(pipe('in', ['m', 'x', 22])).toEqual([['k', 'b2', 13]]);
  });
});
