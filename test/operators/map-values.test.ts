import { expect, test } from 'vitest';
import { join, mapValues, string, to, toStream } from '../../src/index.ts';
import { run, text } from '../support/run-topology.ts';

const table = { key: text, value: string() };
/** No row for a value that is empty. */
const length = (value: string): string | null => (value === '' ? null : String(value.length));

test('a mapped table with a store of its own', async () => {
  const { pipe, driver } = await run(['in'], (flow) => {
    flow
      .table('in', { ...table, name: 'rows' })
      .pipe(mapValues(length, { store: 'lengths', value: string() }), toStream(), to('out'));
  });
  expect(pipe('in', ['k', 'abc', 1], ['l', 'ab', 2], ['k', '', 3], ['l', 'xyz', 4])).toEqual([
    ['k', '3', 1],
    ['l', '2', 2],
    ['k', null, 3],
    ['l', '3', 4],
  ]);
  expect([...driver.store('lengths').range()]).toEqual([{ key: 'l', value: '3', timestamp: 4 }]);
});

test('a join sees the mapped rows, and none where the mapper gives null', async () => {
  const { pipe } = await run(['in', 'left'], (flow) => {
    const lengths = flow.table('in', { ...table, name: 'rows' }).pipe(mapValues(length));
    flow.stream('left', { key: text, value: text }).pipe(
      join(lengths, (left, right) => `${left}${right}`),
      to('out', { value: string() }),
    );
  });
  pipe('in', ['k', 'abc', 1], ['l', '', 1]);
  expect(pipe('left', ['k', 'x', 2], ['l', 'x', 3])).toEqual([['k', 'x3', 2]]);
});
