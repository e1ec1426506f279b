import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  count,
  groupByKey,
  integer,
  keyValueStore,
  process,
  processValues,
  store,
  string,
  to,
  topology,
} from '../../src/index.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';
import { number, run, text } from '../support/run-topology.ts';

const keyText = { key: string(), value: string() };

describe('process', () => {
  test('stores by their names; forwards any number of records, with time and headers of the record at hand', async () => {
    const { driver } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        process({
          stores: [store('seen', integer())],
          key: string(),
          value: string(),
          init:
            ({ stores: { seen }, forward }) =>
            ({ key, value }) => {
              const n = (seen.get(key) ?? 0) + 1;
              seen.put(key, n);
              forward({ key: `${key}${n}`, value });
              if (n === 2) forward({ key, value: 'twice', timestamp: 99, headers: [] });
            },
        }),
        to('out'),
      );
    });
    const input = await driver.input('in', keyText);
    const output = await driver.output('out', keyText);
    const headers = [['h', Buffer.from('x')]] as const;
    input.pipe('k', 'a', { timestamp: 5, headers });
    input.pipe('k', 'b', { timestamp: 3, headers });
    expect(output.readAll()).toEqual([
      { key: 'k1', value: 'a', timestamp: 5, headers },
      { key: 'k2', value: 'b', timestamp: 3, headers },
      { key: 'k', value: 'twice', timestamp: 99, headers: [] },
    ]);
    expect([...driver.store('seen').range()]).toEqual([{ key: 'k', value: 2, timestamp: 3 }]);
  });

  test('keys may have changed, so a group asks for a name', async () => {
    const build = run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        process({
          init:
            ({ forward }) =>
            (record) =>
              forward(record),
        }),
        groupByKey(),
        count('counts'),
      );
    });
    await expect(build).rejects.toThrow(/groupByKey follows process.*needs a name/s);
  });

  test('two processors share a store where both are given the same declaration', async () => {
    const { pipe, driver } = await run(['in', 'more'], (flow) => {
      const last = keyValueStore('last', { key: string(), value: string() });
      flow.stream('in', keyText).pipe(
        process({
          stores: [last],
          init:
            ({ stores: { last } }) =>
            ({ key, value }) =>
              last.put(key, value),
        }),
      );
      flow.stream('more', keyText).pipe(
        processValues({
          stores: [last],
          init:
            ({ stores: { last }, forward }) =>
            ({ key, value }) =>
              forward(`${last.get(key) ?? 'none'}, ${value}`),
        }),
        to('out'),
      );
    });
    pipe('in', ['k', 'a', 1]);
    expect(pipe('more', ['k', 'x', 2], ['l', 'x', 3])).toEqual([
      ['k', 'a, x', 2],
      ['l', 'none, x', 3],
    ]);
    expect(driver.store('last').get('k')).toMatchObject({ value: 'a', timestamp: 1 });
  });

  test('one name for two stores is refused', async () => {
    const build = run(['in'], (flow) => {
      const stream = flow.stream('in', keyText);
      for (const _ of [1, 2]) stream.pipe(process({ stores: [store('same', integer())], init: () => () => {} }));
    });
    await expect(build).rejects.toThrow(/The name 'same' is used twice/);
  });
});

describe('punctuators', () => {
  const sums = (clock: 'streamTime' | 'wallClock') =>
    run(
      ['in'],
      (flow) => {
        flow.stream('in', keyText).pipe(
          process({
            stores: [store('counts', integer())],
            value: integer(),
            init: ({ stores: { counts }, schedule, forward, currentStreamTimeMs, currentSystemTimeMs }) => {
              schedule(clock, 10, (timestamp) => {
                expect(timestamp).toBe(clock === 'streamTime' ? currentStreamTimeMs() : currentSystemTimeMs());
                for (const { key, value } of counts.range()) {
                  forward({ key, value });
                  counts.delete(key);
                }
              });
              return ({ key }) => counts.put(key, (counts.get(key) ?? 0) + 1);
            },
          }),
          to('out'),
        );
      },
      { out: number },
    );

  test('by stream time: after the first record, then as the time passes multiples', async () => {
    const { pipe, driver } = await sums('streamTime');
    expect(pipe('in', ['b', '', 3], ['b', '', 4], ['a', '', 9])).toEqual([['b', 1, 3]]);
    expect(pipe('in', ['a', '', 35])).toEqual([
      ['a', 2, 35],
      ['b', 1, 35],
    ]);
    driver.advanceWallClockTime(1000);
    expect(pipe('in', ['c', '', 39])).toEqual([]);
    expect(pipe('in', ['c', '', 40])).toEqual([['c', 2, 40]]);
  });

  test('by stream time: turns go on over a restart, with the state or without', async () => {
    const { pipe, driver } = await sums('streamTime');
    pipe('in', ['a', '', 3], ['a', '', 4]);
    await driver.restart();
    expect(pipe('in', ['a', '', 9])).toEqual([]);
    await driver.restart({ behind: true });
    expect(pipe('in', ['a', '', 10])).toEqual([['a', 3, 10]]);
    await driver.restart({ backend: new MemoryBackend() });
    expect(pipe('in', ['a', '', 19])).toEqual([]);
    expect(pipe('in', ['a', '', 20])).toEqual([['a', 2, 20]]);
  });

  test('by the wall clock: as it moves, whatever the records say', async () => {
    const { pipe, driver } = await sums('wallClock');
    const output = await driver.output('out', { key: text, value: integer() });
    expect(pipe('in', ['a', '', 500], ['a', '', 600])).toEqual([]);
    driver.advanceWallClockTime(9);
    expect(output.readAll()).toEqual([]);
    driver.advanceWallClockTime(1);
    expect(output.readAll()).toEqual([{ key: 'a', value: 2, timestamp: 10, headers: [] }]);
  });

  test('an error of one names its clock', async () => {
    const { pipe } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        process({
          init: ({ schedule }) => {
            schedule('streamTime', 10, () => {
              throw new Error('as asked');
            });
            return () => {};
          },
        }),
      );
    });
    expect(() => pipe('in', ['a', '', 3])).toThrow(/A streamTime punctuator failed: as asked/);
  });

  test('in a worker the wall clock goes on while there is no input, and what comes of it is committed', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
    const plan = topology('ticks', (flow) => {
      flow.stream('in', keyText).pipe(
        process({
          stores: [store('seen', string())],
          init: ({ stores: { seen }, schedule, forward }) => {
            schedule('wallClock', 5, () => {
              for (const { key, value } of seen.range()) {
                forward({ key, value });
                seen.delete(key);
              }
            });
            return ({ key, value }) => seen.put(key, value);
          },
        }),
        to('out'),
      );
    });
    await bench.write('in', [['k', 'a']]);
    const worker = bench.worker(plan);
    const before = Date.now();
    await worker.start();
    let out = await bench.read('out');
    while (out.length === 0) {
      await nextTurn();
      out = await bench.read('out');
    }
    await worker.stop();
    expect(out.map(({ key, value }) => [key, value])).toEqual([['k', 'a']]);
    expect(out[0]?.timestamp).toBeGreaterThan(before);
  });

  test('every nothing is refused', async () => {
    const build = run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        process({
          init: ({ schedule }) => {
            schedule('wallClock', 0, () => {});
            return () => {};
          },
        }),
      );
    });
    await expect(build).rejects.toThrow(/every 0 ms\. Give it a positive time/);
  });
});

describe('processValues', () => {
  test('keeps the keys: a group needs no name', async () => {
    const { pipe } = await run(
      ['in'],
      (flow) => {
        flow.stream('in', keyText).pipe(
          processValues({
            value: integer(),
            init:
              ({ forward }) =>
              ({ value }) => {
                forward(value.length);
                forward(-1, { timestamp: 7 });
              },
          }),
          groupByKey(),
          count('counts'),
          to('out'),
        );
      },
      { out: number },
    );
    expect(pipe('in', ['k', 'abc', 5])).toEqual([
      ['k', 1, 5],
      ['k', 2, 7],
    ]);
  });

  test('in a punctuator there is no record to forward for', async () => {
    const { driver } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        processValues({
          name: 'lost',
          init: ({ schedule, forward }) => {
            schedule('wallClock', 10, () => forward('x'));
            return () => {};
          },
        }),
        to('out'),
      );
    });
    expect(() => driver.advanceWallClockTime(10)).toThrow(
      /The processor of lost forwarded a value while it had no record/,
    );
  });
});
