import type { Entry, RangeQuery, Row } from '../state/store.ts';
import type { GlobalKTable } from '../topology/global-table.ts';
import type { KTable } from '../topology/k-table.ts';

/**
 * The rows of a table as a processor sees them.
 *
 * @see `rowsOf`
 */
export interface TableRows<K, V> {
  readonly name: string;
  /** The row of a key as it is now; `asOf` a time (ms), as it was then, which only versioned tables know. */
  get(key: K, asOf?: number): Row<V> | undefined;
  /** Rows in key order, as the table was when the iteration began. */
  range(query?: RangeQuery<K>): Iterable<Entry<K, V>>;
}

export interface TableRowsDeclaration<K, V, Name extends string> {
  readonly kind: 'rows-of';
  readonly name: Name;
  readonly table: KTable<K, V> | GlobalKTable<K, V>;
}

/**
 * Connects a processor with the rows of a table, to read. Of a global table it sees all rows, of another one those of its
 * partition: both must then be partitioned alike, by the same key (NOT_COPARTITIONED). A table that has no store of its own,
 * and one of windows, cannot be connected (TABLE_WITHOUT_STORE).
 *
 * @example
 * clicks.pipe(
 *   processValues({
 *     stores: [rowsOf('users', users)],
 *     init: ({ stores: { users }, forward }) => ({ key, value }) => {
 *       if (users.get(key) !== undefined) forward(value);
 *     },
 *   }),
 *   to('clicks-of-users'),
 * );
 * // in  users           ann={"country":"PT"}@1
 * // in  clicks          ann=home@2 bob=tea@3
 * // out clicks-of-users ann=home@2
 */
export function rowsOf<K, V, const Name extends string>(
  name: Name,
  table: KTable<K, V> | GlobalKTable<K, V>,
): TableRowsDeclaration<K, V, Name> {
  return { kind: 'rows-of', name, table };
}
