import { expect, test } from 'vitest';
import { count, flatMapValues, groupByKey, string, to } from '../../src/index.ts';
import { number, run, text } from '../support/run-topology.ts';

test('any number of values, in order, with key and time; the key is as it was', async () => {
  const { pipe } = await run(
    ['in'],
    (flow) => {
      flow.stream('in', { key: text, value: text }).pipe(
        flatMapValues((value, key) => [...(value ?? '').split(' ').filter(Boolean), key]),
        // No name is asked for: nothing has to be repartitioned.
        groupByKey({ value: text }),
        count('counts'),
        to('out'),
      );
    },
    { out: number },
  );
  expect(pipe('in', ['k', 'a b', 5], ['l', null, 6])).toEqual([
    ['k', 1, 5],
    ['k', 2, 5],
    ['k', 3, 5],
    ['l', 1, 6],
  ]);
});

test('takes any iterable', async () => {
  const { pipe } = await run(['in'], (flow) => {
    flow.stream('in', { key: text, value: text }).pipe(
      flatMapValues(function* (value) {
        yield `${value}1`;
        yield `${value}2`;
      }),
      to('out', { value: string() }),
    );
  });
  expect(pipe('in', ['k', 'a', 5])).toEqual([
    ['k', 'a1', 5],
    ['k', 'a2', 5],
  ]);
});
