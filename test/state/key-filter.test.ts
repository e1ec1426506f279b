import { describe, expect, test } from 'vitest';
import { KeyFilter } from '../../src/state/key-filter.ts';

const KEYS = 50_000;

function filled(time: (index: number) => number): KeyFilter {
  const filter = new KeyFilter();
  for (let index = 0; index < KEYS; index++) filter.add(`key-${index}`, time(index));
  return filter;
}

/** How many of the keys from one to another it does not deny. */
function known(filter: KeyFilter, from: number, to: number): number {
  let count = 0;
  for (let index = from; index < to; index++) if (filter.mayHave(`key-${index}`)) count++;
  return count;
}

describe('KeyFilter', () => {
  test('never denies a key that was added, and denies most of the others', () => {
    const filter = filled(() => 0);
    expect(known(filter, 0, KEYS)).toBe(KEYS);
    expect(known(filter, KEYS, 3 * KEYS)).toBeLessThan(0.02 * 2 * KEYS);
  });

  test('keys are of any kind', () => {
    const filter = new KeyFilter();
    const ids = [0, -1.5, 7n, true, '', 'ß', null];
    for (const id of ids) filter.add(id, 1);
    for (const id of ids) expect(filter.mayHave(id)).toBe(true);
    expect(filter.mayHave('other')).toBe(false);
  });

  test('what is past goes, what is not stays', () => {
    const filter = filled((index) => index);
    filter.expire(KEYS - 1001);
    expect(known(filter, KEYS - 1000, KEYS)).toBe(1000);
    filter.expire(KEYS);
    expect(known(filter, 0, KEYS)).toBe(0);
  });

  test('a key that is added again and again takes no room', () => {
    const filter = new KeyFilter();
    for (let time = 0; time < KEYS; time++) filter.add('one', time);
    filter.add('two', 0);
    filter.expire(KEYS - 2);
    expect(filter.mayHave('one')).toBe(true);
    // In the same part as the other.
    expect(filter.mayHave('two')).toBe(true);
  });

  test('what it cannot know it does not deny, until it is past', () => {
    const filter = new KeyFilter();
    filter.forget(100);
    filter.add('new', 150);
    filter.expire(99);
    expect(filter.mayHave('old')).toBe(true);
    filter.expire(100);
    expect(filter.mayHave('old')).toBe(false);
    expect(filter.mayHave('new')).toBe(true);
  });
});
