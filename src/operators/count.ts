import { integer } from '../serde/integer.ts';
import type { KeyOf, KGroupedStream, KGroupedTable } from '../topology/k-grouped.ts';
import type { KTable } from '../topology/k-table.ts';
import { store } from './store.ts';

/**
 * Counts the records of each key, or the rows of each group of a table. Null keys and null values are dropped and
 * counted as such. The counts are in the store `name`.
 *
 * @example
 * orders.pipe(groupByKey(), count('orders-per-key'))
 */
export function count<In extends KGroupedStream<unknown, unknown> | KGroupedTable<unknown, unknown>>(
  name: string,
): (grouped: In) => KTable<KeyOf<In>, number> {
  const how = { initial: () => 0, add: (n: number) => n + 1, subtract: (n: number) => n - 1 };
  return (grouped) => store(name, integer()).aggregate<In>(how as never)(grouped);
}
