import { expect, test } from 'vitest';
import { ConfirmedChanges } from '../../src/state/confirmed-changes.ts';
import { Generation } from '../../src/state/generation.ts';
import type { Change } from '../../src/state/store.ts';

type Born = Change<string, string> & { readonly born?: number };

const put = (key: string, value: string): Born => ({ key, value, timestamp: 0 });
/** Of a row that a generation made. */
const deleted = (key: string, born: number): Born => ({ key, value: null, timestamp: 0, born });

/** The generations 1, 2, … as they are after one another, with what the back end has of them. */
function merged(writtenUpTo: number, ...generations: Born[][]): Born[] {
  const changes = new ConfirmedChanges<string, string>({
    identity: (key) => key,
    bornOf: (change: Born) => change.born ?? 0,
  });
  generations.forEach((rows, index) => {
    const generation = new Generation<string, string>(writtenUpTo + index + 1);
    for (const row of rows) generation.add(row);
    changes.add(generation, writtenUpTo);
  });
  return [...changes];
}

test('the last change of each key', () => {
  expect(merged(0, [put('a', '1'), put('b', '1')], [put('a', '2')])).toEqual([put('a', '2'), put('b', '1')]);
});

test('a row that was made and deleted since leaves nothing to do', () => {
  expect(merged(3, [put('a', '1')], [put('a', '2'), put('b', '1')], [deleted('a', 4)])).toEqual([put('b', '1')]);
});

test('a row from before is deleted', () => {
  expect(merged(3, [put('b', '1')], [put('a', '2')], [deleted('a', 2)])).toEqual([put('b', '1'), deleted('a', 2)]);
});

test('so is one that was deleted, made again and deleted again since: the back end has it from before', () => {
  const all = merged(3, [deleted('a', 2)], [put('a', '2')], [deleted('a', 2)]);
  expect(all).toEqual([deleted('a', 2)]);
});
