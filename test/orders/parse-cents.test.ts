import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCents } from '../../src/orders/parse-cents.ts';

describe('parseCents', () => {
  it.each([
    ['136.23', 13623],
    ['0.1', 10],
    ['0', 0],
    ['0.0', 0],
    ['-0.00', 0],
    ['0e5', 0],
    ['7', 700],
    ['007.10', 710],
    ['12.500', 1250],
    ['1.5e2', 15000],
    ['1.5E+2', 15000],
    ['150e-2', 150],
    ['1e-2', 1],
    ['90071992547409.91', 9007199254740991],
  ])('takes %s exactly', (text, cents) => {
    expect(parseCents(text)).toBe(cents);
  });

  it.each([
    ['1.234', /whole number of cents/],
    ['0.001', /whole number of cents/],
    ['1e-3', /whole number of cents/],
    ['1e-999999999', /whole number of cents/],
    ['-0.01', /not negative/],
    ['90071992547409.92', /at most 90071992547409.91/],
    ['1e400', /at most/],
    ['1e999999999', /at most/],
    ['1e9999999999', /such as/],
    ['NaN', /such as/],
    ['Infinity', /such as/],
    ['0x10', /such as/],
    ['1,50', /such as/],
    [' 1', /such as/],
    ['', /such as/],
    ['.5', /such as/],
    ['5.', /such as/],
  ])('refuses %s with a reason', (text, reason) => {
    expect(parseCents(text)).toMatch(reason);
  });

  it('reads back every amount that is written with two decimals', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 - 1 }), fc.nat({ max: 99 }), (whole, cents) => {
        const text = `${whole}.${String(cents).padStart(2, '0')}`;
        expect(parseCents(text)).toBe(whole * 100 + cents);
      }),
    );
  });
});
