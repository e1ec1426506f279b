import { describe, expect, test } from 'vitest';
import {
  count,
  describeAsJson,
  type Flow,
  groupByKey,
  join,
  reduce,
  repartition,
  selectKey,
  string,
  to,
  topology,
  toStream,
} from '../../src/index.ts';
import { Application } from '../../src/runtime/application.ts';
import { number, run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };

test('records go on by their present key; without one they are left out', async () => {
  const { pipe } = await run(
    ['in'],
    (flow) => {
      flow.stream('in', keyText).pipe(
        selectKey((value) => value),
        repartition('by-value', { key: text }),
        // No name is asked for: the stream is partitioned by its key again.
        groupByKey(),
        count('counts'),
        to('out'),
      );
    },
    { out: number },
  );
  expect(pipe('in', ['k', 'a', 1], ['l', 'a', 2], ['m', null, 3])).toEqual([
    ['a', 1, 1],
    ['a', 2, 2],
  ]);
});

const bound = (partitions: number | undefined) => {
  const plan = topology('plan', (flow) => {
    flow.stream('in', keyText).pipe(repartition('wide', partitions === undefined ? {} : { partitions }), to('out'));
  });
  return Application.of(
    'app',
    plan,
    new Map([
      ['in', 2],
      ['out', 1],
    ]),
  );
};

test('the topic has the partitions it is given, else those of its writer', () => {
  expect(bound(12).partitionsOf('app-wide-repartition')).toBe(12);
  expect(bound(12).subtopologies.map(({ tasks }) => tasks)).toEqual([2, 12]);
  expect(bound(undefined).partitionsOf('app-wide-repartition')).toBe(2);
});

test('a count that does not fit the other side of a join is refused', () => {
  const plan = topology('plan', (flow) => {
    const users = flow.table('users', { key: text, value: string(), name: 'users' });
    flow.stream('in', keyText).pipe(
      repartition('wide', { partitions: 3 }),
      join(users, (a, b) => `${a}${b}`),
      to('out', { value: string() }),
    );
  });
  const topics = new Map([
    ['in', 2],
    ['users', 4],
    ['out', 1],
  ]);
  expect(() => Application.of('app', plan, topics)).toThrow(/wide has 3 partitions/);
});

test('it is described as a topic between two sub-topologies', () => {
  expect(describeAsJson(bound(2).topology).subtopologies.map(({ nodes }) => nodes.map(({ kind }) => kind))).toEqual([
    ['stream', 'repartition'],
    ['repartitioned', 'to'],
  ]);
});

describe('a stream with new keys that several steps need', () => {
  const plain = { key: string(), value: string() };
  const build = (flow: Flow): void => {
    const users = flow.table('users', { ...plain, name: 'users' });
    const byValue = flow.stream('in', plain).pipe(selectKey((value) => value));
    byValue.pipe(groupByKey({ name: 'first', key: string() }), count('counts'), toStream(), to('out'));
    byValue.pipe(groupByKey({ name: 'second', key: string() }), reduce('last', { add: (_, value) => value }));
    byValue.pipe(
      join(users, (value, user) => `${value}: ${user}`, { name: 'third', key: string() }),
      to('joined', { value: string() }),
    );
  };

  test('goes through one topic where the topology is optimized, and through one each where not', () => {
    const topics = (optimization: 'none' | 'all') =>
      topology('plan', build, { optimization }).graph.nodes.flatMap(({ sink }) => (sink?.internal ? [sink.topic] : []));
    expect(topics('none')).toEqual(['first', 'second', 'third']);
    expect(topics('all')).toEqual(['first']);
  });

  test.each(['none', 'all'] as const)('has the same results (optimization %s)', async (optimization) => {
    const { driver, pipe } = await run(['in', 'users'], build, { out: number, optimization });
    const joined = await driver.output('joined', plain);
    pipe('users', ['v', 'Vera', 1]);
    expect(pipe('in', ['a', 'v', 2], ['b', 'v', 3], ['c', 'w', 4])).toEqual([
      ['v', 1, 2],
      ['v', 2, 3],
      ['w', 1, 4],
    ]);
    expect(joined.readAll().map(({ value }) => value)).toEqual(['v: Vera', 'v: Vera']);
    expect([...driver.store('last').range()].map(({ key }) => key)).toEqual(['v', 'w']);
  });
});
