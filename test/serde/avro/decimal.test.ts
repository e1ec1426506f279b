import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal } from '../../../src/serde/avro/decimal.ts';

test.each([
  [1234n, 2, '12.34'],
  [-5n, 2, '-0.05'],
  [0n, 2, '0.00'],
  [7n, 0, '7'],
  [-7n, 0, '-7'],
])('%d with scale %d is %s', (unscaled, scale, text) => {
  expect(decimal.format(unscaled, scale)).toBe(text);
  expect(decimal.parse(text, scale)).toBe(unscaled);
});

test('fewer digits than the scale are filled up', () => {
  expect(decimal.parse('12.3', 2)).toBe(1230n);
  expect(decimal.parse('12', 2)).toBe(1200n);
});

test.each(['', '1.234', '1.', '.5', '1e3', 'x', '--1'])('%j is none with two digits', (text) => {
  expect(() => decimal.parse(text, 2)).toThrow(RangeError);
});

test('every decimal comes back from its text', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.nat(30), (unscaled, scale) => {
      expect(decimal.parse(decimal.format(unscaled, scale), scale)).toBe(unscaled);
    }),
  );
});
