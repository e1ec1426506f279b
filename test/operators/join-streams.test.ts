import { describe, expect, test } from 'vitest';
import { join, leftJoin, map, mapValues, outerJoin, selectKey, string, to, topology } from '../../src/index.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { type Row, type Run, run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };
const out = { value: text };
const pair = (left: string | null, right: string | null): string => `${left}-${right}`;
type Kind = 'join' | 'leftJoin' | 'outerJoin';
type Window = { before: number; after: number; grace: number };

function joined(kind: Kind, window: Window): Promise<Run> {
  const options = { name: 'pairs', ...window };
  return run(['L', 'R'], (flow) => {
    const [left, right] = [flow.stream('L', keyText), flow.stream('R', keyText)];
    if (kind === 'join') left.pipe(join(right, pair, options), to('out', out));
    else if (kind === 'leftJoin') left.pipe(leftJoin(right, pair, options), to('out', out));
    else left.pipe(outerJoin(right, pair, options), to('out', out));
  });
}

/** Pipes `L A@3`: side, value and time of key k; gives what came out at each. */
function outcomes({ pipe }: Run, ...steps: string[]): string[] {
  return steps.map((step) => {
    const [side = '', value = '', time] = step.split(/[ @]/);
    return shown(pipe(side, ['k', value, Number(time)]));
  });
}

const shown = (rows: Row[]): string => rows.map(([, value, timestamp]) => `${value}@${timestamp}`).join(' ');

describe('the window', () => {
  test('takes in both of its ends, as seen from the left side', async () => {
    const bench = await joined('join', { before: 3, after: 5, grace: 0 });
    expect(outcomes(bench, 'L A@10', 'R a@6', 'R b@7', 'R c@15', 'R d@16', 'L B@18')).toEqual([
      '',
      '',
      'A-b@10',
      'A-c@15',
      '',
      'B-c@18 B-d@18',
    ]);
  });

  test('is checked when the topology is built', () => {
    const build = (window: object) => () =>
      topology('t', (flow) => {
        const right = flow.stream('R', keyText);
        flow.stream('L', keyText).pipe(join(right, pair, { name: 'pairs', ...(window as Window) }), to('out', out));
      });
    expect(build({ within: 1.5 })).toThrow("join 'pairs' cannot have before 1.5");
    expect(build({ before: 5, after: -6 })).toThrow("join 'pairs' cannot have before + after -1");
    expect(build({})).toThrow("join 'pairs' cannot have before NaN");
    expect(build({ before: 5, after: -5 })).not.toThrow();
  });
});

describe('records without a partner', () => {
  test('wait until window and grace are over, then come out before what let them out', async () => {
    const bench = await joined('outerJoin', { before: 10, after: 10, grace: 5 });
    expect(outcomes(bench, 'L A@0', 'R b@12', 'L C@16', 'R d@27', 'L E@28')).toEqual([
      '',
      '',
      'A-null@0 C-b@16',
      '',
      // The partner C of d is 11 ms away, so d waits; and E is its partner.
      'E-d@28',
    ]);
  });

  test('come out at once where their window is past', async () => {
    const bench = await joined('leftJoin', { before: 5, after: 5, grace: 50 });
    expect(outcomes(bench, 'R x@100', 'L A@90', 'L B@96')).toEqual(['', 'A-null@90', 'B-x@100']);
  });

  test('have null keys too: they come out at once, on the sides that are kept', async () => {
    const left = await joined('leftJoin', { before: 5, after: 5, grace: 0 });
    expect(left.pipe('L', [null, 'A', 1])).toEqual([[null, 'A-null', 1]]);
    expect(left.pipe('R', [null, 'a', 2])).toEqual([]);
    expect(left.driver.droppedTotal).toBe(1);
    const outer = await joined('outerJoin', { before: 5, after: 5, grace: 0 });
    expect(outer.pipe('R', [null, 'a', 2])).toEqual([[null, 'null-a', 2]]);
    expect(outer.driver.droppedTotal).toBe(0);
  });
});

test('what waits survives a crash, and comes out as if there had been none', async () => {
  const build = topology('test', (flow) => {
    const right = flow.stream('R', keyText);
    flow.stream('L', keyText).pipe(outerJoin(right, pair, { name: 'pairs', within: 10 }), to('out', out));
  });
  for (const restart of ['none', 'kept', 'lost'] as const) {
    const driver = await TopologyTestDriver.open(build);
    const [left, right] = [await driver.input('L', keyText), await driver.input('R', keyText)];
    const output = await driver.output('out', keyText);
    const again = async (): Promise<void> => {
      if (restart !== 'none') await driver.restart(restart === 'lost' ? { backend: new MemoryBackend() } : {});
    };
    left.pipe('a', 'A', { timestamp: 20 });
    right.pipe('b', 'b', { timestamp: 21 });
    await again();
    right.pipe('a', 'late', { timestamp: 5 });
    right.pipe('c', 'c', { timestamp: 31 });
    await again();
    left.pipe('c', 'C', { timestamp: 32 });
    expect(output.readAll().map(({ key, value, timestamp }) => [key, value, timestamp])).toEqual([
      ['a', 'null-late', 5],
      ['a', 'A-null', 20],
      ['b', 'null-b', 21],
      ['c', 'C-c', 32],
    ]);
  }
});

describe('streams with new keys', () => {
  test('go through a topic of their own on each side', async () => {
    const { pipe } = await run(['L', 'R'], (flow) => {
      const right = flow.stream('R', keyText).pipe(map((value, key) => [value?.[0] ?? null, `${key}`] as const));
      flow.stream('L', keyText).pipe(
        selectKey((value) => value?.[0] ?? null),
        join(right, pair, { name: 'pairs', within: 5, key: string(), otherValue: string() }),
        to('out', out),
      );
    });
    pipe('L', ['x', 'ant', 1]);
    expect(pipe('R', ['y', 'ape', 2])).toEqual([['a', 'ant-y', 2]]);
  });

  test('need serdes for what they make', () => {
    const build = () =>
      topology('t', (flow) => {
        const right = flow.stream('R', keyText).pipe(mapValues((value) => value?.length ?? 0));
        flow.stream('L', keyText).pipe(
          join(right, (a, n) => `${a}${n}`, { name: 'pairs', within: 1 }),
          to('out', out),
        );
      });
    expect(build).toThrow("join 'pairs' needs a serde for the otherValue");
  });
});

describe('a stream joined with itself', () => {
  const own = (optimization: 'none' | 'all') =>
    run(
      ['in'],
      (flow) => {
        const stream = flow.stream('in', keyText);
        stream.pipe(join(stream, pair, { name: 'pairs', within: 10 }), to('out', out));
      },
      { optimization },
    );
  const steps: Row[] = [
    ['k', 'A', 2],
    ['k', 'B', 3],
    ['k', null, 4],
    ['k', 'C', 5],
  ];

  test('gives the same over one store as over two, but counts a dropped record once', async () => {
    const [two, one] = [await own('none'), await own('all')];
    const results = steps.map((step) => shown(two.pipe('in', step)));
    expect(results).toEqual(['A-A@2', 'B-A@3 A-B@3 B-B@3', '', 'C-A@5 C-B@5 A-C@5 B-C@5 C-C@5']);
    expect(steps.map((step) => shown(one.pipe('in', step)))).toEqual(results);
    expect([two.driver.droppedTotal, one.driver.droppedTotal]).toEqual([2, 1]);
  });
});

test('an inner join drops null keys and null values, and counts them', async () => {
  const bench = await joined('join', { before: 1, after: 1, grace: 0 });
  expect(bench.pipe('L', ['k', null, 1], [null, 'A', 1])).toEqual([]);
  expect(bench.driver.droppedTotal).toBe(2);
});
