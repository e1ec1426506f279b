import type { Columns, SqlValue } from '../serde/serde.ts';
import { identityOfColumns, type KeyIdentity } from './key-identity.ts';
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

/** In key order: a B-tree takes sorted rows several times faster. Each key is there once at most. */
export function sortedChanges<K, V>(changes: Iterable<Change<K, V>>, columns: Columns<K>): readonly Change<K, V>[] {
  return keyedChanges(changes, columns)
    .sort(compareKeyed)
    .map((each) => each.change);
}

/** The last change of each key, in key order. Free where they are so already, as drained ones are. */
export function lastChanges<K, V>(changes: Iterable<Change<K, V>>, columns: Columns<K>): readonly KeyedChange<K, V>[] {
  const keyed = keyedChanges(changes, columns);
  if (isAscending(keyed)) return keyed;
  const last = new Map<KeyIdentity, KeyedChange<K, V>>();
  for (const each of keyed) last.set(identityOfColumns(each.columns), each);
  return [...last.values()].sort(compareKeyed);
}

function keyedChanges<K, V>(changes: Iterable<Change<K, V>>, columns: Columns<K>): KeyedChange<K, V>[] {
  const keyed: KeyedChange<K, V>[] = [];
  for (const change of changes) keyed.push(keyedChange(change, columns));
  return keyed;
}

function isAscending(keyed: readonly KeyedChange<unknown, unknown>[]): boolean {
  return keyed.every((each, i) => {
    const before = keyed[i - 1];
    return before === undefined || compareKeyed(before, each) < 0;
  });
}
