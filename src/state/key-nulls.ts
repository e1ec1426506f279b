import { failure } from '../errors.ts';
import type { Columns } from '../serde/serde.ts';
import { isNull } from './key-order.ts';

/** True where a column of the key is null: no store can hold such a key, so none has a row for it. */
export function hasNull<K>(key: K, columns: Columns<K>): boolean {
  // Most keys are text, which needs no look at its columns.
  return typeof key !== 'string' && columns.write(key).some(isNull);
}

/**
 * Refuses a key with a null in it. The primary key of a table cannot hold one, and to find that out when the log has
 * already confirmed the write would be too late. Throws STORE_KEY_NULL.
 */
export function refuseNull<K>(store: string, key: K, columns: Columns<K>): void {
  if (!hasNull(key, columns)) return;
  const at = columns.write(key).findIndex(isNull);
  throw failure('STORE_KEY_NULL', { store, column: columns.columns('key')[at]?.name });
}
