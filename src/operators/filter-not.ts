import type { CollectionFor } from '../topology/fitting.ts';
import type { Collection, KeyOf, ValueOf } from '../topology/k-grouped.ts';
import { type FilterOptions, filterAs } from './filter.ts';
import type { Materialized } from './internal/store-table.ts';

/**
 * Leaves out the records (of a table, the rows) for which `predicate` is true: the opposite of `filter`.
 *
 * @example
 * orders.pipe(filterNot((order) => order.items.length === 0));
 *
 * amounts.pipe(filterNot((cents) => cents > 0), to('refunds'));
 * // in  amounts ann=5@1 bob=-5@2
 * // out refunds bob=-5@2
 */
export function filterNot<In>(
  predicate: (value: ValueOf<In>, key: KeyOf<In>) => boolean,
  options?: FilterOptions<In>,
): (source: CollectionFor<In, 'filterNot'>) => In;
export function filterNot(
  test: (value: unknown, key: unknown) => boolean,
  options?: Materialized<unknown>,
): (source: Collection) => Collection {
  return filterAs('filterNot', (value, key) => !test(value, key), options);
}
