/**
 * The order of keys, exactly as SQLite's BINARY collation has it: NULL, then numbers by value, then text by its UTF-8
 * bytes, then blobs by bytes. Staged rows and rows of a table can be merged only because both follow it.
 */
import type { SqlValue } from '../serde/serde.ts';

/** Compares the columns of two keys, first column first. Negative where `a` comes first. */
export function compareKeys(a: readonly SqlValue[], b: readonly SqlValue[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compareValues(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Compares two values of a column. A mix of types is possible, since SQLite's columns do not enforce theirs. */
export function compareValues(a: SqlValue, b: SqlValue): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const order = rank(a) - rank(b);
  if (order !== 0 || a === null || b === null) return order;
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return Buffer.compare(a, b);
  // JavaScript compares a number with a bigint by their exact values, as SQLite does an integer with a real.
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

/** The order of the UTF-8 bytes, which is that of the code points; `<` on strings orders by UTF-16 units. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return unitOrder(left) - unitOrder(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above U+FFFF, so they come after U+E000 to U+FFFF. */
function unitOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function rank(value: SqlValue): number {
  if (isNull(value)) return 0;
  if (typeof value === 'string') return 2;
  return typeof value === 'object' ? 3 : 1;
}

/** SQLite has no NaN: it stores NULL. */
export function isNull(value: SqlValue): boolean {
  return value === null || (typeof value === 'number' && Number.isNaN(value));
}
