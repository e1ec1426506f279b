import { expect, test } from 'vitest';
import { integer, store, string, to, toStream, transformValues } from '../../src/index.ts';
import { number, run, text } from '../support/run-topology.ts';

test('rows that depend on what was before, from stores that survive', async () => {
  const { pipe, driver } = await run(
    ['in'],
    (flow) => {
      flow.table('in', { key: text, value: string(), name: 'rows' }).pipe(
        transformValues({
          store: 'changes',
          value: integer(),
          stores: [store('last', integer())],
          init:
            ({ stores: { last }, currentStreamTimeMs }) =>
            (value, key, timestamp) => {
              expect(timestamp).toBe(currentStreamTimeMs());
              if (key === null) return null;
              const change = (value?.length ?? 0) - (last.get(key) ?? 0);
              last.put(key, value?.length ?? null);
              return change === 0 ? null : change;
            },
        }),
        toStream(),
        to('out'),
      );
    },
    { out: number },
  );
  expect(pipe('in', ['k', 'abc', 1], ['l', 'a', 2])).toEqual([
    ['k', 3, 1],
    ['l', 1, 2],
  ]);
  await driver.restart({ behind: true });
  expect(pipe('in', ['k', 'abcde', 3], ['l', 'b', 4], ['k', null, 5])).toEqual([
    ['k', 2, 3],
    ['l', null, 4],
    ['k', -5, 5],
  ]);
  expect([...driver.store('changes').range()]).toMatchObject([{ key: 'k', value: -5, timestamp: 5 }]);
});
