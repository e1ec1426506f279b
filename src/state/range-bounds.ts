import { failure } from '../errors.ts';
import type { Columns, SqlValue } from '../serde/serde.ts';
import { compareKeys } from './key-order.ts';
import type { RangeQuery } from './store.ts';

/** A `RangeQuery` in terms of key columns. */
export interface RangeBounds {
  readonly from?: readonly SqlValue[];
  readonly to?: readonly SqlValue[];
  readonly prefix?: TextPrefix;
}

export interface TextPrefix {
  /** The index of the key column. */
  readonly at: number;
  readonly text: string;
}

/** Throws STORE_PREFIX_INVALID where the key has no text column. */
export function rangeBounds<K>(store: string, columns: Columns<K>, query: RangeQuery<K>): RangeBounds {
  return {
    ...(query.from !== undefined && { from: columns.write(query.from) }),
    ...(query.to !== undefined && { to: columns.write(query.to) }),
    ...(query.prefix !== undefined && { prefix: textPrefix(store, columns.columns('key'), query.prefix) }),
  };
}

interface TypedColumn {
  readonly type: string;
  readonly as?: string | undefined;
}

/** The prefix of the first text column. Throws STORE_PREFIX_INVALID where there is none. */
export function textPrefix(store: string, columns: readonly TypedColumn[], text: string): TextPrefix {
  const at = columns.findIndex((column) => column.type === 'TEXT' && column.as === undefined);
  if (at < 0) throw failure('STORE_PREFIX_INVALID', { store, prefix: text });
  return { at, text };
}

/** True where a key is within them. */
export function isWithin(bounds: RangeBounds, key: readonly SqlValue[]): boolean {
  if (bounds.from !== undefined && compareKeys(key, bounds.from) < 0) return false;
  if (bounds.to !== undefined && compareKeys(key, bounds.to) > 0) return false;
  return bounds.prefix === undefined || hasPrefix(key[bounds.prefix.at], bounds.prefix.text);
}

function hasPrefix(value: SqlValue | undefined, text: string): boolean {
  return typeof value === 'string' && value.startsWith(text);
}

/** The least text that comes after all texts with the prefix; undefined where there is none. */
export function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const next = nextCodePoint(last.codePointAt(0) ?? 0);
    if (next !== undefined) return points.join('') + String.fromCodePoint(next);
  }
  return undefined;
}

/** Surrogates are no code points of text. */
function nextCodePoint(point: number): number | undefined {
  if (point === 0x10ffff) return undefined;
  return point === 0xd7ff ? 0xe000 : point + 1;
}
