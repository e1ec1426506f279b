import { describe, expect, test } from 'vitest';
import {
  count,
  type Flow,
  filter,
  groupBy,
  groupByKey,
  join,
  type KTable,
  leftJoin,
  mapValues,
  outerJoin,
  reduce,
  string,
  to,
  topology,
  toStream,
  toTable,
} from '../../src/index.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { number, type Row, run, text } from '../support/run-topology.ts';

const row = { key: string(), value: string() };
const pair = (left: string | null, right: string | null): string => `${left}-${right}`;
type Table = KTable<string, string>;
const KINDS = ['join', 'leftJoin', 'outerJoin'] as const;
type Kind = (typeof KINDS)[number];

function joined(
  kind: Kind,
  left: Table,
  right: Table,
  options?: { store: string; value: ReturnType<typeof string> },
): Table {
  if (kind === 'join') return left.pipe(join(right, pair, options));
  if (kind === 'leftJoin') return left.pipe(leftJoin(right, pair, options));
  return left.pipe(outerJoin(right, pair, options));
}

const result = (kind: Kind, left: string | null, right: string | null): string | null => {
  if (left === null && (right === null || kind !== 'outerJoin')) return null;
  return right === null && kind === 'join' ? null : pair(left, right);
};

const two = (flow: Flow): [Table, Table] => [
  flow.table('L', { ...row, name: 'lefts' }),
  flow.table('R', { ...row, name: 'rights' }),
];

test('a store keeps the rows of the result, and gives the same changes', async () => {
  const { pipe, driver } = await run(['L', 'R'], (flow) => {
    const [left, right] = two(flow);
    joined('leftJoin', left, right, { store: 'pairs', value: string() }).pipe(to('out'));
  });
  expect(pipe('L', ['k', 'A', 1])).toEqual([['k', 'A-null', 1]]);
  expect(pipe('R', ['k', 'a', 3])).toEqual([['k', 'A-a', 3]]);
  expect(driver.store('pairs').get('k')).toMatchObject({ value: 'A-a', timestamp: 3 });
  pipe('L', ['k', null, 4]);
  expect(driver.store('pairs').get('k')).toBeUndefined();
});

describe('one record that reaches both sides', () => {
  /** What correct results of (L op1 R) op2 R are, for the last three of the steps of the table of Kafka Streams' tests. */
  test.each(KINDS.flatMap((first) => KINDS.map((second) => [first, second] as const)))(
    'gives each result of %s and %s once',
    async (first, second) => {
      const { pipe } = await run(['L', 'R'], (flow) => {
        const [left, right] = two(flow);
        joined(second, joined(first, left, right), right).pipe(to('out', { value: text }));
      });
      const rows: { L: string | null; R: string | null } = { L: null, R: null };
      let before: string | null = null;
      const steps: (readonly ['L' | 'R', string | null])[] = [
        ['L', 'A'],
        ['R', 'a'],
        ['L', 'B'],
        ['R', 'b'],
        ['L', null],
        ['R', null],
        ['L', 'C'],
        ['R', 'c'],
        ['R', null],
        ['L', null],
        ['R', 'd'],
        ['L', 'D'],
      ];
      for (const [index, [side, value]] of steps.entries()) {
        rows[side] = value;
        const now: string | null = result(second, result(first, rows.L, rows.R), rows.R);
        const expected = now === null && before === null ? [] : [['k', now, index]];
        expect(pipe(side, ['k', value, index]), `step ${index}`).toEqual(expected);
        before = now;
      }
    },
  );

  test('is joined with itself', async () => {
    const { pipe } = await run(['L'], (flow) => {
      const table = flow.table('L', { ...row, name: 'rows' });
      table.pipe(join(table, pair), to('out', { value: text }));
    });
    expect(pipe('L', ['k', 'A', 1], ['k', 'B', 2], ['k', null, 3])).toEqual([
      ['k', 'A-A', 1],
      ['k', 'B-B', 2],
      ['k', null, 3],
    ]);
  });

  test('over two aggregates of a stream', async () => {
    const { pipe } = await run(['L'], (flow) => {
      const grouped = flow.stream('L', row).pipe(groupByKey());
      const counts = grouped.pipe(count('counts'));
      const last = grouped.pipe(reduce('last', { add: (_, value) => value }));
      counts.pipe(
        join(last, (n, value) => `${n} ${value}`),
        to('out', { value: text }),
      );
    });
    expect(pipe('L', ['k', 'A', 1], ['k', 'B', 2])).toEqual([
      ['k', '1 A', 1],
      ['k', '2 B', 2],
    ]);
  });

  test('through filters that let it pass on one side only', async () => {
    const { pipe } = await run(['L'], (flow) => {
      const table = flow.table('L', { ...row, name: 'rows' });
      const long = table.pipe(filter((value) => value.length > 1));
      const short = table.pipe(filter((value) => value.length < 3));
      long.pipe(outerJoin(short, pair), to('out', { value: text }));
    });
    expect(pipe('L', ['k', 'a', 1], ['k', 'aa', 2], ['k', 'aaa', 3], ['k', null, 4])).toEqual([
      ['k', 'null-a', 1],
      ['k', 'aa-aa', 2],
      ['k', 'aaa-null', 3],
      ['k', null, 4],
    ]);
  });

  test('and a later step of the same record sees the result', async () => {
    const { pipe } = await run(['L'], (flow) => {
      const stream = flow.stream('L', row);
      const table = stream.pipe(groupByKey(), reduce('rows', { add: (_, value) => value }));
      const doubled = joined('join', table, table, { store: 'doubled', value: string() });
      stream.pipe(leftJoin(doubled, pair), to('out', { value: text }));
    });
    expect(pipe('L', ['k', 'A', 1], ['k', 'B', 2])).toEqual([
      ['k', 'A-A-A', 1],
      ['k', 'B-B-B', 2],
    ]);
  });
});

describe('two tables of one topic', () => {
  const views = (flow: Flow): [Table, Table] => [
    flow.table('L', { ...row, name: 'one' }),
    flow.table('L', { ...row, name: 'other' }),
  ];

  test.each(['update', 'commit'] as const)('are joined once a record: %s', async (emit) => {
    const { pipe, commit } = await run(
      ['L'],
      (flow) => {
        const [one, other] = views(flow);
        joined('join', one, other).pipe(to('out', { value: text }));
      },
      { emit },
    );
    const written = (...rows: Row[]): Row[] => [...pipe('L', ...rows), ...commit()];
    expect(written(['k', '1', 1])).toEqual([['k', '1-1', 1]]);
    expect(written(['k', '2', 2])).toEqual([['k', '2-2', 2]]);
    expect(written(['k', null, 3])).toEqual([['k', null, 3]]);
  });

  test('a table and a stream that becomes one, joined again with the first', async () => {
    const { pipe } = await run(['L'], (flow) => {
      const stream = flow.stream('L', row).pipe(toTable('late'));
      const table = flow.table('L', { ...row, name: 'rows' });
      joined('outerJoin', joined('leftJoin', stream, table), stream).pipe(to('out', { value: text }));
    });
    expect(pipe('L', ['k', '1', 1], ['k', '2', 2])).toEqual([
      ['k', '1-1-1', 1],
      ['k', '2-2-2', 2],
    ]);
  });

  test('a later source of the topic sees the result', async () => {
    const { pipe } = await run(['L'], (flow) => {
      const [one, other] = views(flow);
      const both = joined('join', one, other, { store: 'both', value: string() });
      flow.stream('L', row).pipe(leftJoin(both, pair), to('out', { value: text }));
    });
    expect(pipe('L', ['k', '1', 1], ['k', '2', 2])).toEqual([
      ['k', '1-1-1', 1],
      ['k', '2-2-2', 2],
    ]);
  });

  test.each(['entrance', 'result'])('an error at the %s is the record, and the next one is joined', async (where) => {
    let calls = 0;
    const fail = (value: string | null): string => {
      if (calls++ === 0) throw new Error('no');
      return String(value);
    };
    const built = topology('test', (flow) => {
      const [one, other] = views(flow);
      const left = where === 'entrance' ? one.pipe(mapValues(fail)) : one;
      left.pipe(
        join(other, (a, b) => `${where === 'result' ? fail(a) : a}-${b}`),
        to('out', { value: string() }),
      );
    });
    const settings = { emit: 'update', processingErrors: 'skip' } as const;
    const driver = await TopologyTestDriver.open(built, { settings });
    const input = await driver.input('L', row);
    const out = await driver.output('out', row);
    for (const [index, value] of ['1', '2'].entries()) input.pipe('k', value, { timestamp: index });
    // The row that the first entrance failed to pass on is there for the second.
    const expected = where === 'entrance' ? ['1-1', '2-2'] : ['2-2'];
    expect(out.readAll().map(({ value }) => value)).toEqual(expected);
    expect(driver.droppedTotal).toBe(1);
  });
});

/** A small generator of its own, so that a failure comes again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('old values are those that were passed on', () => {
  /** Groups a chain of joins by its value and counts: one wrong old value and the counts do not add up. */
  const regrouped = (first: Kind, second: Kind) => (flow: Flow) => {
    const [left, right] = two(flow);
    joined(second, joined(first, left, right).pipe(mapValues((value) => `${value}`)), right).pipe(
      groupBy('by-value', (value) => value, { key: string(), value: string() }),
      count('counts'),
      toStream(),
      to('out', { value: number as never }),
    );
  };

  test.each([
    ['update', 'join', 'join'],
    ['update', 'leftJoin', 'outerJoin'],
    ['update', 'outerJoin', 'join'],
    ['commit', 'join', 'join'],
    ['commit', 'leftJoin', 'leftJoin'],
    ['commit', 'outerJoin', 'outerJoin'],
  ] as const)('%s: %s, %s', async (emit, first, second) => {
    const bench = await run(['L', 'R'], regrouped(first, second), { emit, out: number });
    const next = random(7);
    const rows = { L: new Map<string, string | null>(), R: new Map<string, string | null>() };
    for (let step = 0; step < 400; step++) {
      const side = next(2) === 0 ? 'L' : 'R';
      const key = `k${next(4)}`;
      const value = next(4) === 0 ? null : `v${next(3)}`;
      rows[side].set(key, value);
      bench.pipe(side, [key, value, step] satisfies Row);
      if (next(10) === 0) bench.commit();
    }
    bench.commit();
    const expected = new Map<string, number>();
    for (const key of new Set([...rows.L.keys(), ...rows.R.keys()])) {
      const [l, r] = [rows.L.get(key) ?? null, rows.R.get(key) ?? null];
      const value = result(second, result(first, l, r), r);
      if (value !== null) expected.set(value, (expected.get(value) ?? 0) + 1);
    }
    const counts = [...bench.driver.store<string, number>('counts').range()].filter(({ value }) => value !== 0);
    expect(new Map(counts.map(({ key, value }) => [key, value]))).toEqual(expected);
  });
});
