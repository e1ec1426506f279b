import type { Columns, SqlValue } from '../serde/serde.ts';
import { compareKeys } from './key-order.ts';
import type { Change } from './store.ts';

/** A change with the columns of its key, which are made once. */
export interface KeyedChange<K, V> {
  readonly columns: readonly SqlValue[];
  readonly change: Change<K, V>;
}

export function keyedChange<K, V>(change: Change<K, V>, columns: Columns<K>): KeyedChange<K, V> {
  return { columns: columns.write(change.key), change };
}

export function compareKeyed(a: KeyedChange<unknown, unknown>, b: KeyedChange<unknown, unknown>): number {
  return compareKeys(a.columns, b.columns);
}

/** In key order: a B-tree takes sorted rows several times faster. */
export function sortedChanges<K, V>(changes: Iterable<Change<K, V>>, columns: Columns<K>): readonly Change<K, V>[] {
  const keyed: KeyedChange<K, V>[] = [];
  for (const change of changes) keyed.push(keyedChange(change, columns));
  return keyed.sort(compareKeyed).map((each) => each.change);
}
