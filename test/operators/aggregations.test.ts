import { describe, expect, test } from 'vitest';
import {
  count,
  groupBy,
  groupByKey,
  reduce,
  selectKey,
  store,
  string,
  to,
  toStream,
  toTable,
} from '../../src/index.ts';
import { number, run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };

describe('aggregations of streams', () => {
  test('count: null keys and values are dropped and counted, the time is the largest', async () => {
    const { pipe, driver } = await run(
      ['in'],
      (flow) => {
        flow.stream('in', keyText).pipe(groupByKey(), count('counts'), to('out'));
      },
      { out: number },
    );
    expect(pipe('in', ['a', 'x', 5], ['a', 'y', 3], [null, 'x', 6], ['a', null, 7], ['b', 'z', 8])).toEqual([
      ['a', 1, 5],
      ['a', 2, 5],
      ['b', 1, 8],
    ]);
    expect([...driver.dropped]).toEqual([
      ['counts: null key', 1],
      ['counts: null value', 1],
    ]);
    expect(driver.store('counts').get('a')).toMatchObject({ value: 2, timestamp: 5 });
  });

  test('a changed key goes through the named repartition topic', async () => {
    const { pipe } = await run(
      ['in'],
      (flow) => {
        flow.stream('in', keyText).pipe(
          groupBy('by-first', (value) => value?.[0] ?? null, { key: string(), value: text }),
          count('counts'),
          to('out'),
        );
      },
      { out: number },
    );
    expect(pipe('in', ['k', 'ab', 1], ['l', 'ac', 2], ['m', null, 3])).toEqual([
      ['a', 1, 1],
      ['a', 2, 2],
    ]);
  });

  test('groupByKey after selectKey needs a name', async () => {
    const build = run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        selectKey((value) => value),
        groupByKey({ key: text }),
        count('counts'),
      );
    });
    await expect(build).rejects.toThrow(/groupByKey follows selectKey.*needs a name/s);
  });

  test('reduce takes the first value as it is', async () => {
    const { pipe } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(groupByKey(), reduce('all', { add: (a, b) => `${a}+${b}` }), to('out'));
    });
    expect(pipe('in', ['a', '1', 5], ['a', '2', 3])).toEqual([
      ['a', '1', 5],
      ['a', '1+2', 5],
    ]);
  });

  test('an adder that returns null deletes the row', async () => {
    const { pipe, driver } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        groupByKey(),
        store('joined', string()).aggregate({
          initial: () => '',
          add: (all, value) => (value === '-' ? null : all + value),
        }),
        to('out'),
      );
    });
    expect(pipe('in', ['a', '1', 1], ['a', '-', 2], ['a', '2', 3])).toEqual([
      ['a', '1', 1],
      ['a', null, 2],
      ['a', '2', 3],
    ]);
    expect([...driver.store('joined').range()]).toMatchObject([{ key: 'a', value: '2', timestamp: 3 }]);
  });

  test('at commits only the last value of a key comes out, with the old value of the commit before', async () => {
    const { pipe, commit } = await run(
      ['in'],
      (flow) => {
        flow.stream('in', keyText).pipe(groupByKey(), count('counts'), to('out'));
      },
      { out: number, emit: 'commit' },
    );
    expect(pipe('in', ['a', 'x', 1], ['a', 'y', 2], ['b', 'z', 3])).toEqual([]);
    expect(commit()).toEqual([
      ['a', 2, 2],
      ['b', 1, 3],
    ]);
    expect(commit()).toEqual([]);
  });

  test('cogroup folds streams of different values into one row', async () => {
    const { pipe } = await run(['left', 'right'], (flow) => {
      const rows = store('rows', string());
      rows
        .cogroup(
          (key) => `${key}:`,
          rows.on(flow.stream('left', keyText).pipe(groupByKey()), (row, value) => `${row}L${value}`),
          rows.on(flow.stream('right', keyText).pipe(groupByKey()), (row, value) => `${row}R${value}`),
        )
        .pipe(to('out', keyText));
    });
    expect([...pipe('left', ['k', '1', 5]), ...pipe('right', ['k', '2', 3])]).toEqual([
      ['k', 'k:L1', 5],
      ['k', 'k:L1R2', 5],
    ]);
  });
});

describe('aggregations of tables', () => {
  const regrouped = () =>
    run(['in'], (flow) => {
      flow.table('in', { ...keyText, name: 'rows' }).pipe(
        groupBy('by-value', (value) => (value === 'null' ? null : value), { key: string() }),
        store('joined', string()).aggregate({
          initial: () => '0',
          add: (all, value) => `${all}+${value}`,
          subtract: (all, value) => `${all}-${value}`,
        }),
        to('out'),
      );
    });

  test('a changed row leaves its old group, then enters the new one', async () => {
    // KTableAggregateTest of Kafka Streams, regrouped by value.
    const { pipe } = await regrouped();
    const input = [
      ['A', '1', 10],
      ['A', null, 15],
      ['A', '1', 12],
      ['B', '2', 20],
      [null, '3', 25],
      ['B', '4', 23],
      ['NULL', null, 24],
      ['B', '7', 22],
    ] as const;
    expect(pipe('in', ...input)).toEqual([
      ['1', '0+1', 10],
      ['1', '0+1-1', 15],
      ['1', '0+1-1+1', 15],
      ['2', '0+2', 20],
      ['2', '0+2-2', 23],
      ['4', '0+4', 23],
      ['4', '0+4-4', 23],
      ['7', '0+7', 22],
    ]);
  });

  test('an update within a group comes out once', async () => {
    const { pipe } = await run(['in'], (flow) => {
      flow.table('in', { ...keyText, name: 'rows' }).pipe(
        groupBy('all', () => 'all', { key: string() }),
        reduce('joined', { add: (a, b) => `${a}+${b}`, subtract: (a, b) => `${a}-${b}` }),
        to('out', keyText),
      );
    });
    expect(pipe('in', ['A', '1', 1], ['A', '2', 2], ['A', null, 3])).toEqual([
      ['all', '1', 1],
      ['all', '1-1+2', 2],
      ['all', '1-1+2-2', 3],
    ]);
  });

  test('toTable keeps the newest value, toStream gives the changes', async () => {
    const { pipe, driver } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(toTable('rows', { key: string(), value: string() }), toStream(), to('out'));
    });
    expect(pipe('in', ['a', '1', 1], ['a', '2', 2], ['b', '3', 3], ['a', null, 4])).toEqual([
      ['a', '1', 1],
      ['a', '2', 2],
      ['b', '3', 3],
      ['a', null, 4],
    ]);
    expect([...driver.store('rows').range()].map(({ key }) => key)).toEqual(['b']);
  });
});
