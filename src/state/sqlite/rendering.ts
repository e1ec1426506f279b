/**
 * Keys and values as who has no schema sees them, by what the catalogue says of their columns: text, numbers, booleans,
 * null, and JSON. Integers that a number cannot hold are bigints; bytes are hexadecimal text, as `hex()` of
 * SQLite writes them; infinities are text.
 */
import type { SqlValue } from '../../serde/serde.ts';
import type { StoredColumn, StoredSide } from './store-layout.ts';
import { liveColumns } from './store-layout.ts';

export type Plain = string | number | bigint | boolean | null | readonly Plain[] | { readonly [field: string]: Plain };

/** A key or value from the columns of a row. `at` is the index of its first column. */
export function renderSide(side: StoredSide, row: readonly SqlValue[], at: number): Plain {
  const columns = liveColumns(side);
  const plain = columns.map((column, i) => renderColumn(column, row[at + i] ?? null));
  if (!side.isRecord) return plain[0] ?? null;
  return Object.fromEntries(columns.map((column, i) => [column.field, plain[i] ?? null]));
}

function renderColumn({ as, wide }: StoredColumn, value: SqlValue): Plain {
  if (value === null) return null;
  if (as === 'json') return parseExact(String(value));
  if (as === 'boolean') return value === 1;
  // Wide integers were read as text. A column holds other values too where the field may be of several types.
  if (wide === true && typeof value === 'string') return /^-?\d+$/.test(value) ? exactInteger(BigInt(value)) : value;
  return renderValue(value);
}

/** A value of a column of which nothing is known. */
export function renderValue(value: SqlValue): Plain {
  if (typeof value === 'bigint') return exactInteger(value);
  // JSON would make null of an infinity.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return value !== null && typeof value === 'object' ? value.toString('hex').toUpperCase() : value;
}

function exactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The reviver as it is since ES2025, with the text of a number before it was rounded. */
type ExactParse = (
  text: string,
  reviver: (key: string, value: Plain, context: { readonly source?: string }) => Plain,
) => Plain;

/** As `JSON.parse`, but integers beyond 2^53 come as bigints. */
export function parseExact(text: string): Plain {
  // TypeScript's library does not know the third argument yet.
  const parse = JSON.parse as ExactParse;
  return parse(text, (_, value, { source }) => {
    const isRounded = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
    return isRounded && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
  });
}

/** The text of what is not written by this module: JSON.rawJSON as it is since ES2025. */
interface ExactJson {
  rawJSON(text: string): unknown;
}

/** As `JSON.stringify`, but bigints are written as the numbers they are. */
export function stringifyExact(value: unknown, space?: number): string {
  // TypeScript's library does not know `rawJSON` yet.
  const { rawJSON } = JSON as unknown as ExactJson;
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? rawJSON(String(each)) : each), space);
}
