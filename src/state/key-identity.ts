import type { Columns, Serde, SqlValue } from '../serde/serde.ts';
import { unreachable } from '../util/assert.ts';

/** What stands for a key in a `Map`: equal for equal keys, different for different ones. */
export type KeyIdentity = string | number | bigint | boolean | null | undefined;

/** Primitives are their own identity; other keys get one from their columns. */
export function identityOf<K>(key: K, columns: Columns<K>): KeyIdentity {
  return isPrimitive(key) ? key : identityOfColumns(columns.write(key));
}

/** The same as a function, for who keeps keys of one serde in a `Map`. */
export function keyIdentity<K>(serde: Serde<K>): (key: K) => KeyIdentity {
  const { columns } = serde;
  return (key) => identityOf(key, columns);
}

function isPrimitive(key: unknown): key is KeyIdentity {
  return typeof key !== 'object' || key === null;
}

/** A lone column costs no concatenation, which is the usual case: a string, or a number. */
export function identityOfColumns(columns: readonly SqlValue[]): KeyIdentity {
  if (columns.length !== 1) {
    let all = '';
    for (const column of columns) all += tagged(column);
    return all;
  }
  const only = columns[0] ?? null;
  return typeof only === 'object' || isMarked(only) ? `\0${tagged(only)}` : only;
}

/** Text that begins like a made identity is marked too, or it could be taken for one. */
function isMarked(value: string | number | bigint): boolean {
  return typeof value === 'string' && value.charCodeAt(0) === 0;
}

/** Type, length where it is needed, and value: no two lists of columns give the same text. */
function tagged(value: SqlValue): string {
  if (value === null) return 'n';
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'number':
    case 'bigint':
      return `i${value};`;
    case 'object':
      return `b${value.length}:${value.toString('latin1')}`;
    default:
      return unreachable(value);
  }
}
