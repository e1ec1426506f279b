import { describe, expect, test } from 'vitest';
import {
  count,
  countWindows,
  type Flow,
  groupByKey,
  hopping,
  integer,
  leftJoin,
  reduce,
  type Serde,
  session,
  sessionWindowed,
  sliding,
  store,
  string,
  to,
  topology,
  tumbling,
  unlimited,
  type Windowed,
  type WindowOptions,
  windowed,
  windowedBy,
} from '../../src/index.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import type { Windows } from '../../src/topology/windows.ts';
import { text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };
type Row = readonly [key: string, value: unknown, timestamp: number];
type Input = readonly [key: string | null, value: string | null, timestamp: number];

/** Runs a topology from `in` to `out`, whose keys are windowed. */
async function run(
  build: (flow: Flow) => void,
  as: { keys: Serde<Windowed<string | null>>; values?: Serde<unknown>; emit?: 'commit'; compat?: 'kafka-streams' },
) {
  const { keys, values = integer() as Serde<unknown>, emit = 'update', compat = 'none' } = as;
  const driver = await TopologyTestDriver.open(topology('test', build), { settings: { emit, compat } });
  const input = await driver.input('in', keyText);
  const output = await driver.output('out', { key: keys, value: values });
  const read = (): Row[] =>
    output.readAll().map(({ key, value, timestamp }) => [`${key?.key}[${key?.start},${key?.end}]`, value, timestamp]);
  return {
    driver,
    read,
    pipe: (...rows: Input[]): Row[] => {
      for (const [key, value, timestamp] of rows) input.pipe(key, value, { timestamp });
      return read();
    },
  };
}

const counts =
  (windows: Windows, options: WindowOptions<string | null, string | null> = {}) =>
  (flow: Flow): void => {
    flow.stream('in', keyText).pipe(groupByKey(), windowedBy(windows, options), count('counts'), to('out'));
  };

describe('windows that are fixed beforehand', () => {
  test('tumbling: one window a record, null values count, null keys are dropped', async () => {
    const { pipe, driver } = await run(counts(tumbling(10)), { keys: windowed(text, 10) });
    expect(pipe(['a', 'x', 1], ['a', null, 9], ['b', 'x', 10], [null, 'x', 99], ['a', 'x', 12])).toEqual([
      ['a[0,10]', 1, 1],
      ['a[0,10]', 2, 9],
      ['b[10,20]', 1, 10],
      ['a[10,20]', 1, 12],
    ]);
    expect([...driver.dropped]).toEqual([['counts: null key', 1]]);
    expect(driver.timedStore('counts').fetch('a', 0, 99)).toMatchObject([
      { key: { key: 'a', time: 10 }, value: 1, timestamp: 12 },
    ]);
  });

  test('hopping: a late record misses some of its windows and reaches others', async () => {
    const { pipe, driver } = await run(counts(hopping(10, { advance: 5, grace: 2 })), { keys: windowed(text, 10) });
    pipe(['a', 'x', 12]);
    expect(pipe(['a', 'late', 6])).toEqual([['a[5,15]', 2, 12]]);
    expect(driver.dropped.get('counts: late')).toBe(1);
  });

  test('unlimited: one window without end, which records before its start are not in', async () => {
    const { pipe, driver } = await run(counts(unlimited({ start: 5 })), {
      keys: windowed(text, Number.POSITIVE_INFINITY),
    });
    expect(pipe(['a', 'x', 4], ['a', 'x', 5], ['a', 'x', 1e12], ['a', 'x', 6])).toEqual([
      ['a[5,Infinity]', 1, 5],
      ['a[5,Infinity]', 2, 1e12],
      ['a[5,Infinity]', 3, 1e12],
    ]);
    expect(driver.droppedTotal).toBe(0);
  });

  test('the bytes of a windowed key are those of Kafka Streams', async () => {
    const codec = await windowed(string(), 10).open({ topic: 't', part: 'key' } as never);
    const bytes = codec.encode({ key: 'ab', start: 0x0102030405, end: 0x010203040f });
    expect(bytes.toString('hex')).toBe('61620000000102030405');
    expect(codec.decode(bytes, 0, bytes.length)).toEqual({ key: 'ab', start: 0x0102030405, end: 0x010203040f });
    const sessions = await sessionWindowed(string()).open({ topic: 't', part: 'key' } as never);
    const key = { key: 'ab', start: 1, end: 2 };
    expect(sessions.encode(key).toString('hex')).toBe('616200000000000000020000000000000001');
    expect(sessions.decode(sessions.encode(key), 0, 18)).toEqual(key);
    expect(() => sessions.decode(Buffer.alloc(15), 0, 15)).toThrow(/16 bytes or more/);
  });

  test('at commits only the last row of a window comes out', async () => {
    const { pipe, driver, read } = await run(counts(tumbling(10, { grace: 99 })), {
      keys: windowed(text, 10),
      emit: 'commit',
    });
    expect(pipe(['a', 'x', 1], ['a', 'y', 2], ['a', 'z', 11], ['b', 'x', 3])).toEqual([]);
    driver.commit();
    expect(read()).toEqual([
      ['a[0,10]', 2, 2],
      ['a[10,20]', 1, 11],
      ['b[0,10]', 1, 3],
    ]);
  });

  test('a session of one instant that grows twice between two commits leaves no row of what it was', async () => {
    const { pipe, driver, read } = await run(counts(session(5)), { keys: sessionWindowed(text), emit: 'commit' });
    pipe(['a', 'x', 10]);
    driver.commit();
    expect(read()).toEqual([['a[10,10]', 1, 10]]);
    pipe(['a', 'y', 10], ['a', 'z', 12]);
    driver.commit();
    expect(read()).toEqual([
      ['a[10,10]', null, 10],
      ['a[10,12]', 3, 12],
    ]);
  });

  test('the rows can be joined', async () => {
    const { pipe } = await run(
      (flow) => {
        const grouped = flow.stream('in', keyText).pipe(groupByKey(), windowedBy(tumbling(10)));
        const numbers = grouped.pipe(count('counts'));
        const last = grouped.pipe(reduce('last', { add: (_, value) => value }));
        numbers.pipe(
          leftJoin(last, (n, value) => `${n}:${value}`),
          to('out', { value: string() }),
        );
      },
      { keys: windowed(text, 10), values: string() as Serde<unknown> },
    );
    expect(pipe(['a', 'x', 1], ['a', 'y', 2]).map(([, value]) => value)).toEqual(['1:x', '2:y']);
  });
});

describe('emission on close', () => {
  const closing = (options: WindowOptions<string | null, string | null> = {}) =>
    counts(tumbling(10, { grace: 5 }), { emit: 'windowClose', ...options });

  test('a window comes out once, when it takes no more, by start and key', async () => {
    const { pipe } = await run(closing(), { keys: windowed(text, 10) });
    expect(pipe(['b', 'x', 1], ['a', 'x', 2], ['a', 'x', 14], ['a', 'late', 3])).toEqual([]);
    expect(pipe(['c', 'x', 15])).toEqual([
      ['a[0,10]', 2, 3],
      ['b[0,10]', 1, 1],
    ]);
    expect(pipe(['a', 'too late', 9], ['c', 'x', 24])).toEqual([]);
    expect(pipe(['c', 'x', 25])).toEqual([
      ['a[10,20]', 1, 14],
      ['c[10,20]', 1, 15],
    ]);
  });

  test('a jump of time loses no window; in compatibility mode it does, as in Kafka Streams', async () => {
    const { pipe } = await run(closing(), { keys: windowed(text, 10) });
    expect(pipe(['a', 'x', 1], ['a', 'x', 1000])).toEqual([['a[0,10]', 1, 1]]);
    const compat = await run(closing(), { keys: windowed(text, 10), compat: 'kafka-streams' });
    expect(compat.pipe(['a', 'x', 1], ['a', 'x', 1000])).toEqual([]);
  });

  test('what has come out, and what is late, is known after a restart', async () => {
    const { pipe, driver } = await run(closing(), { keys: windowed(text, 10) });
    expect(pipe(['a', 'x', 1], ['b', 'x', 12], ['a', 'x', 20])).toEqual([['a[0,10]', 1, 1]]);
    await driver.restart();
    expect(pipe(['a', 'late', 9], ['b', 'x', 13])).toEqual([]);
    expect(driver.dropped.get('counts: late')).toBe(1);
    await driver.restart({ behind: true });
    expect(pipe(['a', 'x', 25])).toEqual([['b[10,20]', 2, 13]]);
  });

  test('sliding windows and sessions come out when time has passed their last moment', async () => {
    const slides = await run(counts(sliding(5), { emit: 'windowClose' }), { keys: windowed(text, 5) });
    expect(slides.pipe(['a', 'x', 10], ['a', 'x', 12], ['a', 'x', 17])).toEqual([
      ['a[5,10]', 1, 10],
      ['a[7,12]', 2, 12],
      ['a[11,16]', 1, 12],
    ]);
    const sessions = await run(counts(session(5), { emit: 'windowClose' }), { keys: sessionWindowed(text) });
    expect(sessions.pipe(['a', 'x', 10], ['a', 'x', 12], ['b', 'x', 17])).toEqual([]);
    expect(sessions.pipe(['b', 'x', 18])).toEqual([['a[10,12]', 2, 12]]);
  });

  test('an idle input still closes its windows, after the stated time and not before', async () => {
    const { pipe, driver, read } = await run(closing({ closeAfterIdle: 1000 }), { keys: windowed(text, 10) });
    driver.advanceWallClockTime(5000);
    pipe(['b', 'x', 1], ['a', 'x', 12]);
    driver.advanceWallClockTime(100);
    driver.advanceWallClockTime(900);
    pipe(['a', 'x', 11]);
    driver.advanceWallClockTime(100);
    driver.advanceWallClockTime(900);
    expect(read()).toEqual([]);
    driver.advanceWallClockTime(100);
    expect(read()).toEqual([
      ['b[0,10]', 1, 1],
      ['a[10,20]', 2, 12],
    ]);
    driver.advanceWallClockTime(5000);
    // What came out stays true: the time is now where the last window closes.
    expect(pipe(['a', 'late', 13], ['a', 'next', 26])).toEqual([]);
    expect(driver.dropped.get('counts: late')).toBe(1);
    driver.advanceWallClockTime(100);
    driver.advanceWallClockTime(1000);
    expect(read()).toEqual([['a[20,30]', 1, 26]]);
  });
});

describe('late records', () => {
  test('go to a stream of their own, with the window that each missed', async () => {
    const { pipe, driver } = await run(
      (flow) => {
        const late: WindowOptions<string | null, string | null>['late'] = (records) => records.pipe(to('out'));
        flow
          .stream('in', keyText)
          .pipe(groupByKey(), windowedBy(hopping(10, { advance: 5 }), { late }), count('counts'));
      },
      { keys: windowed(text, 10), values: text },
    );
    expect(pipe(['a', 'x', 19], ['a', 'late', 7], ['a', 'half', 13])).toEqual([
      ['a[0,10]', 'late', 7],
      ['a[5,15]', 'late', 7],
      ['a[5,15]', 'half', 13],
    ]);
    expect(driver.droppedTotal).toBe(0);
  });

  test('of sessions: the session that they would have been in', async () => {
    const { pipe } = await run(
      (flow) => {
        flow
          .stream('in', keyText)
          .pipe(groupByKey(), windowedBy(session(5), { late: (records) => records.pipe(to('out')) }), count('counts'));
      },
      { keys: sessionWindowed(text), values: text },
    );
    expect(pipe(['a', 'x', 1], ['b', 'x', 20], ['a', 'late', 3], ['b', 'x', 15])).toEqual([['a[3,3]', 'late', 3]]);
  });
});

describe('sessions', () => {
  test('a record joins sessions, which are deleted first', async () => {
    const { pipe, driver } = await run(counts(session(5, { grace: 10 })), { keys: sessionWindowed(text) });
    expect(pipe(['a', 'x', 10], ['a', 'x', 12], ['a', 'x', 20])).toEqual([
      ['a[10,10]', 1, 10],
      ['a[10,10]', null, 10],
      ['a[10,12]', 2, 12],
      ['a[20,20]', 1, 20],
    ]);
    expect(pipe(['a', 'x', 16])).toEqual([
      ['a[10,12]', null, 12],
      ['a[20,20]', null, 20],
      ['a[10,20]', 4, 20],
    ]);
    expect(driver.timedStore('counts').all()).toMatchObject([{ key: { key: 'a', order: 10, time: 20 }, value: 4 }]);
  });

  test('a cogroup of several streams, each with a time of its own', async () => {
    const driver = await TopologyTestDriver.open(
      topology('test', (flow) => {
        const rows = store('rows', string());
        rows
          .windowedBy(session(5))
          .cogroup(
            { initial: () => '', merge: (a, b) => a + b },
            rows.on(flow.stream('left', keyText).pipe(groupByKey()), (row, value) => `${row}L${value}`),
            rows.on(flow.stream('right', keyText).pipe(groupByKey()), (row, value) => `${row}R${value}`),
          )
          .pipe(to('out'));
      }),
    );
    const left = await driver.input('left', keyText);
    const right = await driver.input('right', keyText);
    const out = await driver.output('out', { key: sessionWindowed(text), value: string() });
    left.pipe('a', '1', { timestamp: 100 });
    right.pipe('a', '2', { timestamp: 3 });
    left.pipe('a', '3', { timestamp: 4 });
    right.pipe('a', '4', { timestamp: 98 });
    expect(out.readAll().map(({ key, value }) => [key?.start, key?.end, value])).toEqual([
      [100, 100, 'L1'],
      [3, 3, 'R2'],
      [100, 100, null],
      [98, 100, 'L1R4'],
    ]);
    expect(driver.dropped.get('rows: late')).toBe(1);
  });
});

describe('windows by count', () => {
  test('come out full, for each key on its own', async () => {
    const { pipe } = await run(counts(countWindows(2), { emit: 'windowClose' }), { keys: windowed(text, 2) });
    expect(pipe(['a', 'x', 5], ['b', 'x', 9], ['a', 'x', 3], ['a', 'x', 7], ['b', 'x', 1], ['a', 'x', 8])).toEqual([
      ['a[0,2]', 2, 5],
      ['b[0,2]', 2, 9],
      ['a[2,4]', 2, 8],
    ]);
  });

  test('go on where they were after a restart, and keep one row a key', async () => {
    const { pipe, driver } = await run(counts(countWindows(3)), { keys: windowed(text, 3) });
    pipe(['a', 'x', 1], ['a', 'x', 2], ['a', 'x', 3], ['a', 'x', 4]);
    await driver.restart();
    expect(pipe(['a', 'x', 5])).toEqual([['a[3,6]', 2, 5]]);
    expect(driver.timedStore('counts').all()).toMatchObject([{ key: { key: 'a', time: 3, order: 2 }, value: 2 }]);
  });
});

describe('wrong windows are refused, with what to do', () => {
  test.each([
    [() => tumbling(0), /tumbling cannot have size 0\. Give a whole number of ms from 1\./],
    [() => tumbling(1.5), /size 1\.5/],
    [() => hopping(10, { advance: 11 }), /advance 11\. Give a whole number of ms from 1 to 10/],
    [() => sliding(-1), /difference -1/],
    [() => session(5, { grace: -1 }), /grace -1/],
    [() => countWindows(0), /size 0/],
    [() => topology('t', counts(tumbling(10, { grace: 5 }), { retention: 14 })), /retention 14\. Give at least 15 ms/],
    [() => topology('t', counts(countWindows(10), { retention: 14 })), /retention/],
    [() => topology('t', counts(tumbling(10), { closeAfterIdle: 5 })), /emit: 'windowClose'/],
  ])('%#', (build, message) => {
    expect(build).toThrow(message);
  });
});
