import { expect, test } from 'vitest';
import { forEach, print } from '../../src/index.ts';
import { run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };

test('forEach sees each record once, with its key and time', async () => {
  const seen: unknown[] = [];
  const { pipe } = await run(['in'], (flow) => {
    flow.stream('in', keyText).pipe(forEach((value, key, { timestamp }) => seen.push([key, value, timestamp])));
  });
  pipe('in', ['k', 'a', 1], ['k', null, 2]);
  expect(seen).toEqual([
    ['k', 'a', 1],
    ['k', null, 2],
  ]);
});

test('print writes a line a record', async () => {
  const lines: string[] = [];
  const { pipe } = await run(['in'], (flow) => {
    flow.stream('in', keyText).pipe(print('in', { write: (line) => lines.push(line) }));
  });
  pipe('in', ['k', 'a', 1], [null, null, 2]);
  expect(lines).toEqual(['[in]: k, a', '[in]: null, null']);
});
