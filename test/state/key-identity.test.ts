import fc from 'fast-check';
import { expect, it } from 'vitest';
import { identityOf, identityOfColumns } from '../../src/state/key-identity.ts';
import { testPlace, testString } from '../support/test-serdes.ts';

it('is the key itself for a primitive', () => {
  expect(identityOf('a', testString.columns)).toBe('a');
});

it('is equal for equal records and different for records whose texts join to the same', () => {
  const { columns } = testPlace;
  expect(identityOf({ city: 'Bern', street: 1 }, columns)).toBe(identityOf({ city: 'Bern', street: 1 }, columns));
  expect(identityOfColumns(['a', 'b:c'])).not.toBe(identityOfColumns(['a:b', 'c']));
});

const value = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -2, max: 2 }),
  fc.string({ unit: fc.constantFrom('\0', 's', 'b', 'n', '1', ':', ';'), maxLength: 5 }),
  fc.uint8Array({ maxLength: 2 }).map((bytes) => Buffer.from(bytes)),
);
/** The keys of one store have one number of columns. */
const keys = fc
  .integer({ min: 0, max: 3 })
  .chain((n) => fc.tuple(...[0, 1].map(() => fc.array(value, { minLength: n, maxLength: n }))));

it('is equal only for equal columns', () => {
  fc.assert(
    fc.property(keys, ([a = [], b = []]) => {
      const same = a.every((each, i) => isSame(each, b[i]));
      expect(identityOfColumns(a) === identityOfColumns(b)).toBe(same);
    }),
    { numRuns: 5000 },
  );
});

function isSame(a: unknown, b: unknown): boolean {
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : a === b;
}
