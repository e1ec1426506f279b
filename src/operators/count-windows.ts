import { failure } from '../errors.ts';
import type { CountedWindows } from '../topology/windows.ts';

/**
 * Windows of `size` records of a key each, one after another, however long they take. Start and end of a window are
 * places in the key's sequence, from 0. The row of a window stays until the next one of its key begins. An adder that
 * gives null ends the key's sequence: it begins anew, from 0. Throws WINDOW_INVALID.
 *
 * @example
 * readings.pipe(groupByKey(), windowedBy(countWindows(100), { emit: 'windowClose' }), reduce('largest', { add: Math.max }))
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
