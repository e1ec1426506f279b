import { failure } from '../errors.ts';
import type { CountedWindows } from '../topology/windows.ts';

/**
 * Windows of `size` records of a key each, one after another, however long they take. Start and end of a window are
 * places in the key's sequence, from 0. The row of a window stays until the next one of its key begins. An adder that
 * gives null ends the key's sequence: it begins anew, from 0. Throws WINDOW_INVALID.
 *
 * @example
 * amounts.pipe(
 *   groupByKey(),
 *   windowedBy(countWindows(2), { emit: 'windowClose' }),
 *   reduce('largest-of-two', { add: (a, b) => Math.max(a, b) }),
 *   to('largest'),
 * );
 * // in  amounts ann=5@1 ann=9@2 ann=7@3
 * // out largest ann[0..2]=9@2
 */
export function countWindows(size: number): CountedWindows {
  const name = `countWindows(${size})`;
  if (!Number.isSafeInteger(size) || size < 1)
    throw failure('WINDOW_INVALID', {
      of: name,
      name: 'size',
      actual: size,
      expected: 'a number of records, at least 1',
    });
  return { kind: 'count', name, graceMs: 0, size };
}
