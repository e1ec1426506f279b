import type { Columns } from '../serde/serde.ts';
import { compareKeys } from './key-order.ts';
import type { KeyedChange } from './sorted-changes.ts';
import type { Entry } from './store.ts';

/** How a range is read, where both sides must agree. */
export interface RangeOrder {
  readonly reverse: boolean;
  readonly limit: number;
}

/** Rows of a table with changes laid over them. Both sides are in the order of the range. */
export function* mergedRange<K, V>(
  rows: Iterator<Entry<K, V>>,
  changes: readonly KeyedChange<K, V>[],
  columns: Columns<K>,
  order: RangeOrder,
): Generator<Entry<K, V>, void, undefined> {
  try {
    let left = order.limit;
    for (const entry of merge(rows, changes, columns, order.reverse ? -1 : 1)) {
      if (left-- <= 0) return;
      yield entry;
    }
  } finally {
    rows.return?.();
  }
}

function* merge<K, V>(
  rows: Iterator<Entry<K, V>>,
  changes: readonly KeyedChange<K, V>[],
  columns: Columns<K>,
  sign: 1 | -1,
): Generator<Entry<K, V>, void, undefined> {
  let row = rows.next();
  for (const { columns: at, change } of changes) {
    let order = -1;
    while (!row.done) {
      order = sign * compareKeys(columns.write(row.value.key), at);
      if (order >= 0) break;
      yield row.value;
      row = rows.next();
    }
    // The change stands for the row of its key.
    if (!row.done && order === 0) row = rows.next();
    if (change.value !== null) yield { key: change.key, value: change.value, timestamp: change.timestamp };
  }
  for (; !row.done; row = rows.next()) yield row.value;
}
