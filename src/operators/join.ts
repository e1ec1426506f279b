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
 * `after` as seen from this stream's record, in milliseconds, both ends included. Either side triggers, and every pair
 * comes out once, with the larger of both times. Null keys and null values are dropped and counted. Both sides keep their
 * records, in stores named from `name`, as long as a partner may come. Throws WINDOW_INVALID, SERDE_MISSING.
 *
 * @example
 * orders.pipe(
 *   join(payments, (order, payment) => ({ ...order, paid: payment.amount_cents }), {
 *     name: 'paid-orders',
 *     within: 60 * 60_000,
 *     grace: 5 * 60_000,
 *   }),
 * );
 * clicks.pipe(
 *   join(amounts, (page, cents) => `${page}:${cents}`, { name: 'bought', within: 10 }),
 *   to('bought', { value: string() }),
 * );
 * // in  clicks  ann=tea@1
 * // in  amounts ann=250@11 ann=300@12
 * // out bought  ann=tea:250@11
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
 * Throws NAME_MISSING where an operator before changed the stream's key and no name is given, NOT_COPARTITIONED,
 * TABLE_NOT_VERSIONED.
 *
 * @example
 * orders.pipe(join(users, (order, user) => ({ ...order, country: user.country })));
 *
 * amounts.pipe(join(users, (cents, user) => `${cents} from ${user.country}`), to('sales', { value: string() }));
 * // in  amounts ann=3@1
 * // in  users   ann={"country":"PT"}@2
 * // in  amounts ann=5@3
 * // out sales   ann=5 from PT@3
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
 * orders.pipe(join(countries, (order) => order.country, (order, country) => ({ ...order, vat: country.vat })));
 *
 * clicks.pipe(join(countries, (code) => code, (code, { vat }) => `${code} ${vat}`), to('rates', { value: string() }));
 * // in  countries PT={"vat":23}@0
 * // in  clicks    ann=PT@1 bob=XX@2
 * // out rates     ann=PT 23@1
 */
export function join<In, K2, V2, R>(
  table: GlobalKTable<K2, V2>,
  keyOf: (value: Present<ValueOf<In>>, key: KeyOf<In>) => NoInfer<K2> | null | undefined,
  joiner: (left: Present<ValueOf<In>>, right: Present<V2>, key: KeyOf<In>, rowKey: K2) => R,
): (source: StreamFor<In, 'join with a global table'>) => KStream<KeyOf<In>, R>;
/** What fits none of the above: the editor says why. @internal */
export function join<In, Other>(other: Other & Misfit<In, Other>, ...rest: readonly unknown[]): (source: In) => never;
export function join(other: unknown, ...rest: unknown[]): unknown {
  return joinAny('join', other, rest);
}
