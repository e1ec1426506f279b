import type { CollectionFor, StreamFor } from '../topology/fitting.ts';
import type { GlobalKTable } from '../topology/global-table.ts';
import type { KeyOf, ValueOf, WithValue } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';
import { joinAny } from './internal/join-any.ts';
import type { Misfit } from './internal/join-misfit.ts';
import type { OptionsOf, Present, StreamJoinOptions } from './internal/join-options.ts';

/**
 * As `join` with a stream, but a record that finds no partner comes out too, with null for the other side: when its window
 * and grace are over, with its own time; at once where its key is null.
 *
 * @example
 * orders.pipe(
 *   leftJoin(payments, (order, payment) => ({ ...order, paid: payment?.amount_cents ?? 0 }), {
 *     name: 'orders-with-payment',
 *     within: 60 * 60_000,
 *   }),
 * );
 * clicks.pipe(
 *   leftJoin(amounts, (page, cents) => `${page}:${cents}`, { name: 'bought', within: 10 }),
 *   to('bought', { value: string() }),
 * );
 * // in  clicks ann=tea@1 ann=ink@12
 * // out bought ann=tea:null@1
 */
export function leftJoin<In, V2, R>(
  other: KStream<KeyOf<In>, V2>,
  joiner: (left: Present<ValueOf<In>>, right: Present<V2> | null, key: KeyOf<In>) => R,
  options: StreamJoinOptions<KeyOf<In>, ValueOf<In>, V2>,
): (source: StreamFor<In, 'leftJoin with a stream'>) => KStream<KeyOf<In>, R>;
/**
 * As `join` with a table, but every record with a value, or every row of this table, has a result: `joiner` gets null
 * where the other table has no row. A record with a null key has none.
 *
 * @example
 * orders.pipe(leftJoin(users, (order, user) => ({ ...order, country: user?.country ?? 'unknown' })));
 *
 * prices.pipe(leftJoin(stock, (cents, pieces) => cents * (pieces ?? 0)), to('worth', { value: integer() }));
 * // in  prices tea=5@1
 * // in  stock  tea=7@2
 * // out worth  tea=0@1 tea=35@2
 */
export function leftJoin<In, V2, R>(
  table: KTable<KeyOf<In>, V2>,
  joiner: (left: Present<ValueOf<In>>, right: Present<V2> | null, key: KeyOf<In>) => R,
  options?: OptionsOf<In, NoInfer<R>>,
): (source: CollectionFor<In, 'leftJoin'>) => WithValue<In, R>;
/**
 * As `join` with a global table, but every record with a value gives a result: with null where there is no row.
 *
 * @example
 * orders.pipe(leftJoin(countries, (order) => order.country, (order, country) => ({ ...order, vat: country?.vat ?? 0 })));
 *
 * clicks.pipe(
 *   leftJoin(countries, (code) => code, (code, country) => `${code} ${country?.vat ?? 'none'}`),
 *   to('rates', { value: string() }),
 * );
 * // in  clicks ann=PT@1
 * // out rates  ann=PT none@1
 */
export function leftJoin<In, K2, V2, R>(
  table: GlobalKTable<K2, V2>,
  keyOf: (value: Present<ValueOf<In>>, key: KeyOf<In>) => NoInfer<K2> | null | undefined,
  joiner: (left: Present<ValueOf<In>>, right: Present<V2> | null, key: KeyOf<In>, rowKey: K2 | null) => R,
): (source: StreamFor<In, 'leftJoin with a global table'>) => KStream<KeyOf<In>, R>;
/** What fits none of the above: the editor says why. @internal */
export function leftJoin<In, Other>(
  other: Other & Misfit<In, Other>,
  ...rest: readonly unknown[]
): (source: In) => never;
export function leftJoin(other: unknown, ...rest: unknown[]): unknown {
  return joinAny('leftJoin', other, rest);
}
