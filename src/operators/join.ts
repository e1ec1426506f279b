import type { CollectionFor, StreamFor } from '../topology/fitting.ts';
import type { GlobalKTable } from '../topology/global-table.ts';
import type { KeyOf, ValueOf, WithValue } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';
import { joinAny } from './internal/join-any.ts';
import type { Misfit } from './internal/join-misfit.ts';
import type { OptionsOf, Present, StreamJoinOptions } from './internal/join-options.ts';

/**
 * Joins with the records of the same key of another stream, if their times are near enough: `within`, or `before` and
 * `after` as seen from this stream's record. Either side triggers, and every pair comes out once, with the larger of both
 * times. Null keys and null values are dropped and counted. Both sides keep their records, in stores named from `name`.
 *
 * @example
 * orders.pipe(join(payments, (order, payment) => ({ ...order, paid: payment.amount_cents }), {
 *   name: 'paid-orders',
 *   within: minutes(60),
 *   grace: minutes(5),
 * }))
 */
export function join<In, V2, R>(
  other: KStream<KeyOf<In>, V2>,
  joiner: (left: Present<ValueOf<In>>, right: Present<V2>, key: Present<KeyOf<In>>) => R,
  options: StreamJoinOptions<KeyOf<In>, ValueOf<In>, V2>,
): (source: StreamFor<In, 'join with a stream'>) => KStream<KeyOf<In>, R>;
/**
 * Joins each record, or row, with the row of its key in a table. Both topics must have the same number of partitions.
 *
 * Of a stream, only its records trigger, and the result has their time. One with no row (or a null key or value, which is
 * counted as dropped) gives nothing. With a versioned table the row is the one of the record's time, and `grace` holds
 * records back for rows that come late.
 *
 * Of two tables, the result has a row while both sides have it; either side's change triggers, and the result's time is
 * the larger of both rows'.
 *
 * @example
 * orders.pipe(join(users, (order, user) => ({ ...order, country: user.country })))
 */
export function join<In, V2, R>(
  table: KTable<KeyOf<In>, V2>,
  joiner: (left: Present<ValueOf<In>>, right: Present<V2>, key: KeyOf<In>) => R,
  options?: OptionsOf<In, NoInfer<R>>,
): (source: CollectionFor<In, 'join'>) => WithValue<In, R>;
/**
 * Joins each record with a row of a global table: the one whose key `keyOf` draws from the record. A record that refers to
 * no row, or to one that is not there, gives nothing. `joiner` also sees the record's key, and that of the row.
 *
 * @example
 * orders.pipe(join(countries, (order) => order.country, (order, country) => ({ ...order, vat: country.vat })))
 */
export function join<In, K2, V2, R>(
  table: GlobalKTable<K2, V2>,
  keyOf: (value: Present<ValueOf<In>>, key: KeyOf<In>) => NoInfer<K2> | null | undefined,
  joiner: (left: Present<ValueOf<In>>, right: Present<V2>, key: KeyOf<In>, rowKey: K2) => R,
): (source: StreamFor<In, 'join with a global table'>) => KStream<KeyOf<In>, R>;
/** What fits none of the above: the editor says why. */
export function join<In, Other>(other: Other & Misfit<In, Other>, ...rest: readonly unknown[]): (source: In) => never;
export function join(other: unknown, ...rest: unknown[]): unknown {
  return joinAny('join', other, rest);
}
