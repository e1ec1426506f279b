import { failure } from '../../errors.ts';
import type { SqlValue } from '../../serde/serde.ts';
import { type Plain, parseExact, stringifyExact } from './rendering.ts';
import type { StoredColumn, StoreLayout } from './store-layout.ts';

/**
 * The columns of a key that someone typed: the value itself where the key is one column, else a JSON object with its
 * fields. Throws STORE_KEY_INVALID.
 */
export function parseKeyText({ name: store, key }: StoreLayout, text: string): SqlValue[] {
  const refuse = (reason: string): never => {
    throw failure('STORE_KEY_INVALID', { store, key: text, reason });
  };
  const [only] = key.columns;
  if (!key.isRecord && only !== undefined) return [fromText(only, text, refuse)];
  const fields = parseObject(text) ?? refuse(`it must be a JSON object like ${exampleOf(key.columns)}`);
  const unknown = Object.keys(fields).find((field) => !key.columns.some((column) => column.field === field));
  if (unknown !== undefined) refuse(`the key has no field '${unknown}', but ${exampleOf(key.columns)}`);
  return key.columns.map((column) => {
    const value = fields[column.field];
    if (value === undefined || value === null) return refuse(`its field '${column.field}' is missing`);
    return fromPlain(column, value, refuse);
  });
}

type Refuse = (reason: string) => never;

function fromPlain(column: StoredColumn, value: Plain, refuse: Refuse): SqlValue {
  if (column.as === 'json') return stringifyExact(value);
  const isText = typeof value === 'string';
  if (isText !== (column.type === 'TEXT' || column.type === 'BLOB')) {
    return refuse(`its field '${column.field}' is ${stringifyExact(value)}, but must be ${nounOf(column)}`);
  }
  return fromText(column, String(value), refuse);
}

function fromText(column: StoredColumn, text: string, refuse: Refuse): SqlValue {
  return parseColumn(column, text) ?? refuse(`'${text}' is not ${nounOf(column)}`);
}

/** Undefined where the text is none of the column's values. */
function parseColumn({ type, as }: StoredColumn, text: string): SqlValue | undefined {
  if (as === 'boolean') return text === 'true' ? 1 : text === 'false' ? 0 : undefined;
  switch (type) {
    case 'TEXT':
      return text;
    case 'INTEGER':
      return /^-?\d{1,19}$/.test(text) ? inRange(BigInt(text)) : undefined;
    case 'REAL':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'BLOB':
      return /^([0-9a-f]{2})*$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
  }
}

function inRange(value: bigint): bigint | undefined {
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function nounOf({ type, as }: StoredColumn): string {
  if (as === 'boolean') return 'true or false';
  const nouns = { TEXT: 'text', INTEGER: 'an integer of 64 bits', REAL: 'a number', BLOB: 'hexadecimal bytes' };
  return nouns[type];
}

function exampleOf(columns: readonly StoredColumn[]): string {
  return `{${columns.map((column) => `"${column.field}": …`).join(', ')}}`;
}

function parseObject(text: string): { readonly [field: string]: Plain } | undefined {
  try {
    const value = parseExact(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: Plain): value is { readonly [field: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
