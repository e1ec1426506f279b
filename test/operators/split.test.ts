import { expect, test } from 'vitest';
import { type KStream, mapValues, merge, split, string, to } from '../../src/index.ts';
import { run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };
const tag = (name: string, stream: KStream<string | null, string | null>) =>
  stream.pipe(mapValues((value) => `${name}:${value}`));

test('a record goes to the first branch that takes it, else to the rest', async () => {
  const { pipe } = await run(['in'], (flow) => {
    const { long, a, rest } = flow
      .stream('in', keyText)
      .pipe(
        split({ long: (value) => (value ?? '').length > 2, a: (value) => value?.startsWith('a') ?? false }, 'rest'),
      );
    tag('rest', rest).pipe(merge(tag('long', long)), merge(tag('a', a)), to('out', { value: string() }));
  });
  expect(pipe('in', ['k', 'abc', 1], ['k', 'ab', 2], ['k', 'b', 3], ['k', null, 4])).toEqual([
    ['k', 'long:abc', 1],
    ['k', 'a:ab', 2],
    ['k', 'rest:b', 3],
    ['k', 'rest:null', 4],
  ]);
});

test('without a branch for the rest, what no branch takes goes nowhere', async () => {
  const { pipe, driver } = await run(['in'], (flow) => {
    const { a } = flow.stream('in', keyText).pipe(split({ a: (value) => value === 'a' }));
    a.pipe(to('out'));
  });
  expect(pipe('in', ['k', 'a', 1], ['k', 'b', 2])).toEqual([['k', 'a', 1]]);
  expect(driver.dropped.size).toBe(0);
});
