import { expect, test } from 'vitest';
import { filter, filterNot, string, to, toStream } from '../../src/index.ts';
import { run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };
const table = { key: text, value: string() };

test('leaves out the records that pass, also those without a value where it says so', async () => {
  const { pipe } = await run(['in'], (flow) => {
    flow.stream('in', keyText).pipe(
      filterNot((value) => value === null || value.startsWith('a')),
      to('out'),
    );
  });
  expect(pipe('in', ['k', 'a1', 5], ['k', 'b', 6], ['k', null, 7])).toEqual([['k', 'b', 6]]);
});

test('of a table: a row that passes no longer goes, a deleted one is not asked', async () => {
  const { pipe } = await run(['in'], (flow) => {
    flow.table('in', { ...table, name: 'rows' }).pipe(
      filterNot((value) => value.startsWith('a')),
      toStream(),
      to('out'),
    );
  });
  expect(
    pipe('in', ['k', 'b', 1], ['k', 'a', 2], ['k', 'a2', 3], ['k', 'c', 4], ['k', null, 5], ['l', 'a', 6]),
  ).toEqual([
    ['k', 'b', 1],
    ['k', null, 2],
    ['k', 'c', 4],
    ['k', null, 5],
  ]);
});

test.each(['update', 'commit'] as const)('a filtered table with a store of its own (%s)', async (emit) => {
  const { pipe, commit, driver } = await run(
    ['in'],
    (flow) => {
      const rows = flow.table('in', { ...table, name: 'rows' });
      rows.pipe(
        filter((value) => value.startsWith('a'), { store: 'passing' }),
        toStream(),
        to('out'),
      );
    },
    { emit },
  );
  const out = [...pipe('in', ['k', 'b', 1], ['k', 'a', 2], ['l', 'a', 3], ['k', 'b', 4]), ...commit()];
  expect(out).toEqual(
    emit === 'update'
      ? [
          ['k', 'a', 2],
          ['l', 'a', 3],
          ['k', null, 4],
        ]
      : [['l', 'a', 3]],
  );
  expect([...driver.store('passing').range()]).toEqual([{ key: 'l', value: 'a', timestamp: 3 }]);
});
