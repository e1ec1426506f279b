import type { StreamFor, TableFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf, WithValue } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';
import { joinAny } from './internal/join-any.ts';
import type { Misfit } from './internal/join-misfit.ts';
import type { Present, StreamJoinOptions, TableJoinOptions } from './internal/join-options.ts';

/**
 * As `leftJoin` of two streams, but records of either side that find no partner come out, with null for the other side.
 *
 * @example
 * orders.pipe(outerJoin(payments, (order, payment) => ({ order, payment }), { name: 'matched', within: minutes(60) }))
 */
export function outerJoin<In, V2, R>(
  other: KStream<KeyOf<In>, V2>,
  joiner: (left: Present<ValueOf<In>> | null, right: Present<V2> | null, key: KeyOf<In>) => R,
  options: StreamJoinOptions<KeyOf<In>, ValueOf<In>, V2>,
): (source: StreamFor<In, 'outerJoin with a stream'>) => KStream<KeyOf<In>, R>;
/**
 * Joins two tables: a row is there while either side has it; `joiner` gets null for the side that lacks it.
 *
 * @example
 * stock.pipe(outerJoin(prices, (units, cents) => ({ units: units ?? 0, cents: cents ?? 0 })))
 */
export function outerJoin<In, V2, R>(
  table: KTable<KeyOf<In>, V2>,
  joiner: (left: Present<ValueOf<In>> | null, right: Present<V2> | null, key: KeyOf<In>) => R,
  options?: TableJoinOptions<NoInfer<R>>,
): (source: TableFor<In, 'outerJoin with a table'>) => WithValue<In, R>;
/** What fits none of the above: the editor says why. */
export function outerJoin<In, Other>(
  other: Other & Misfit<In, Other>,
  ...rest: readonly unknown[]
): (source: In) => never;
export function outerJoin(other: unknown, ...rest: unknown[]): unknown {
  return joinAny('outerJoin', other, rest);
}
