import { failure } from '../errors.ts';
import type { Serde, SerdeFor } from '../serde/serde.ts';
import type { CollectionFor } from '../topology/fitting.ts';
import {
  type Collection,
  type KeyOf,
  KGroupedStream,
  type KGroupedTable,
  type ValueOf,
} from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';
import { repartition } from '../topology/repartition.ts';
import { isStream } from './internal/derive.ts';
import { regroup } from './internal/regroup.ts';
import { selectKey } from './select-key.ts';

export interface GroupByOptions<In, K2, V2> {
  readonly key: Serde<K2>;
  /** Needed where an operator or `select` made new values: they travel through a topic. */
  readonly value?: SerdeFor<NoInfer<V2>>;
  /** Of a table: what goes into the group in place of a row's value; null: nothing. */
  readonly select?: (value: ValueOf<In>, key: KeyOf<In>) => V2 | null;
}

type Grouped<In, K2, V2> =
  In extends KTable<unknown, unknown>
    ? KGroupedTable<K2, NonNullable<V2>>
    : In extends KStream<unknown, unknown>
      ? KGroupedStream<K2, V2>
      : never;

/**
 * Groups records, or the rows of a table, by a new key, through the repartition topic `name`. A null key leaves the
 * record out. A changed row of a table leaves its old group before it enters the new one; `select` says as what.
 *
 * Throws SERDE_MISSING where the values are new and `value` is not given.
 *
 * @example
 * orders.pipe(groupBy('by-user', (order) => order.user_id, { key: string() }), count('orders-per-user'));
 *
 * users.pipe(groupBy('by-country', (user) => user.country, { key: string() }), count('users-per-country'), to('counts'));
 * // in  users  ann={"country":"PT"}@1 bob={"country":"PT"}@2 ann={"country":"FR"}@3
 * // out counts PT=1@1 PT=2@2 PT=1@3 FR=1@3
 */
export function groupBy<In, K2, V2 = ValueOf<In>>(
  name: string,
  key: (value: ValueOf<In>, key: KeyOf<In>) => K2,
  as: GroupByOptions<In, NonNullable<K2>, V2>,
): (source: CollectionFor<In, 'groupBy'>) => Grouped<In, NonNullable<K2>, V2>;
export function groupBy(
  name: string,
  by: (value: unknown, key: unknown) => unknown,
  as: AnyGroupByOptions,
): (source: Collection) => KGroupedStream<unknown, unknown> | KGroupedTable<unknown, unknown> {
  const { select } = as;
  return (source) => {
    const value = as.value ?? source.shape.value;
    if (value === undefined) throw failure('SERDE_MISSING', { step: `groupBy('${name}')`, part: 'value' });
    const serdes = { name, key: as.key, value };
    return isStream(source)
      ? new KGroupedStream(repartition(selectKey<KStream<unknown, unknown>, unknown>(by)(source), serdes))
      : regroup(source, { by, select }, serdes);
  };
}

/** Options of whatever source; the signature above has seen to it that they fit. */
interface AnyGroupByOptions {
  readonly key: Serde<unknown>;
  readonly value?: Serde<unknown>;
  readonly select?: (value: unknown, key: unknown) => unknown;
}
