import type { Collection, KeyOf, ValueOf } from '../topology/k-grouped.ts';
import { type FilterOptions, filterAs } from './filter.ts';

/**
 * Leaves out the records (of a table, the rows) for which `predicate` is true: the opposite of `filter`.
 *
 * @example
 * orders.pipe(filterNot((order) => order.items.length === 0))
 */
export function filterNot<In extends Collection>(
  predicate: (value: ValueOf<In>, key: KeyOf<In>) => boolean,
  options?: FilterOptions<In>,
): (source: In) => In {
  // ValueOf and KeyOf are of this very source, which TypeScript cannot follow through the check of its kind.
  const test = predicate as (value: unknown, key: unknown) => boolean;
  return filterAs('filterNot', (value, key) => !test(value, key), options);
}
