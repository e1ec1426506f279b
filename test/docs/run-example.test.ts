import { expect, test } from 'vitest';
import { count, type Flow, filter, groupByKey, to } from '../../src/index.ts';
import { sources } from './preamble.ts';
import { formatRecord, parseRecords } from './records-notation.ts';
import { runPart } from './run-example.ts';

const counts = (flow: Flow): void => sources.clicks(flow).pipe(groupByKey(), count('counts'), to('out'));

test('what an example says comes out is compared', async () => {
  await runPart('// in  clicks ann=home@1 ann=tea@2\n// out out    ann=1@1 ann=2@2', counts);
  await expect(runPart('// in  clicks ann=home@1\n// out out    ann=2@1', counts)).rejects.toThrow('out ann=2@1');
  await expect(runPart('// in  clicks ann=home@1 bob=tea@2\n// out out    ann=1@1', counts)).rejects.toThrow(
    'out ann=1@1',
  );
});

test('what an example says is left out is compared', async () => {
  const ofAll = (flow: Flow): void =>
    sources.clicks(flow).pipe(
      filter(() => true),
      to('out'),
    );
  await expect(runPart('// in clicks ann=home@1\n// dropped 1', ofAll)).rejects.toThrow('expected +0 to be 1');
});

test('a part that cannot be built fails', async () => {
  await expect(runPart('', (flow) => void sources.clicks(flow).pipe(groupByKey(), count('a b')))).rejects.toThrow(
    "The name 'a b'",
  );
});

test('records are written and read in the same notation', () => {
  expect(parseRecords('ann=5@1 bob=tea/2@3 null={"a":[1]}@-1')).toEqual([
    { key: 'ann', value: 5, timestamp: 1 },
    { key: 'bob', value: 'tea/2', timestamp: 3 },
    { key: null, value: { a: [1] }, timestamp: -1 },
  ]);
  expect(formatRecord({ key: { key: 'ann', start: 0, end: 10 }, value: null, timestamp: 3 })).toBe('ann[0..10]=null@3');
  expect(() => parseRecords('ann:5')).toThrow("'ann:5' is no record");
});
