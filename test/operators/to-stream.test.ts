import { expect, test } from 'vitest';
import { count, groupByKey, string, to, toStream } from '../../src/index.ts';
import { number, run, text } from '../support/run-topology.ts';

const table = { key: text, value: string(), name: 'rows' };

test('changes as records, a deletion with null', async () => {
  const { pipe } = await run(['in'], (flow) => {
    flow.table('in', table).pipe(toStream(), to('out'));
  });
  expect(pipe('in', ['k', 'a', 1], ['k', null, 2])).toEqual([
    ['k', 'a', 1],
    ['k', null, 2],
  ]);
});

test('under new keys, which a group repartitions by', async () => {
  const { pipe } = await run(
    ['in'],
    (flow) => {
      flow.table('in', table).pipe(
        toStream((value, key) => `${key}${value?.[0] ?? '-'}`),
        groupByKey({ name: 'by-new', key: string() }),
        count('counts'),
        to('out'),
      );
    },
    { out: number },
  );
  expect(pipe('in', ['k', 'a', 1], ['k', 'a2', 2], ['k', null, 3])).toEqual([
    ['ka', 1, 1],
    ['ka', 2, 2],
  ]);
});

test('a new key asks for a name before a group', async () => {
  const build = run(['in'], (flow) => {
    flow.table('in', table).pipe(
      toStream((_, key) => key),
      groupByKey({ key: text }),
      count('counts'),
    );
  });
  await expect(build).rejects.toThrow(/groupByKey follows toStream.*needs a name/s);
});
