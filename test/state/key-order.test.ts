import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SqlValue } from '../../src/serde/serde.ts';
import { compareKeys, compareText } from '../../src/state/key-order.ts';
import { afterPrefix } from '../../src/state/range-bounds.ts';

const text = fc.string({ unit: 'binary', maxLength: 6 });
const value = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }),
  text,
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
);

describe('the order of keys', () => {
  it('is that of SQLite for columns of any mix of types', () => {
    const db = new Database(':memory:');
    const sorted = db.prepare<SqlValue[], { a: SqlValue; b: SqlValue }>(
      'WITH rows(id, a, b) AS (VALUES (0, ?, ?), (1, ?, ?)) SELECT id FROM rows ORDER BY a, b, id',
    );
    fc.assert(
      fc.property(fc.tuple(value, value), fc.tuple(value, value), (first, second) => {
        const ids = sorted.pluck().all(...first, ...second);
        expect(ids).toEqual(compareKeys(first, second) <= 0 ? [0, 1] : [1, 0]);
      }),
      { numRuns: 2000 },
    );
    db.close();
  });

  it('is that of the UTF-8 bytes, where UTF-16 units would differ', () => {
    expect(compareText('\u{1F600}', '\uFF5E')).toBeGreaterThan(0);
    expect('\u{1F600}' < '\uFF5E').toBe(true);
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  it('puts all texts with a prefix before the text after the prefix, and all that follow not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), text, (prefix, other) => {
        const after = afterPrefix(prefix);
        const isBefore = (a: string): boolean => after === undefined || compareText(a, after) < 0;
        expect(isBefore(prefix + other)).toBe(true);
        expect(compareText(other, prefix) >= 0 && isBefore(other)).toBe(other.startsWith(prefix));
      }),
    );
    expect(afterPrefix('\u{10FFFF}')).toBeUndefined();
    expect(afterPrefix('a\u{10FFFF}')).toBe('b');
    expect(afterPrefix('\uD7FF')).toBe('\uE000');
  });
});
