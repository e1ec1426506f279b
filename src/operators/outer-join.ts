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
 * clicks.pipe(
 *   outerJoin(amounts, (page, cents) => `${page}:${cents}`, { name: 'matched', within: 10 }),
 *   to('matched', { value: string() }),
 * );
 * // in  clicks  ann=tea@1
 * // in  amounts bob=5@2 cid=7@20
 * // out matched ann=tea:null@1 bob=null:5@2
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
 * stock.pipe(outerJoin(prices, (pieces, cents) => `${pieces} at ${cents}`), to('shelf', { value: string() }));
 * // in  stock  tea=7@1
 * // in  prices tea=5@2 ink=9@3
 * // out shelf  tea=7 at null@1 tea=7 at 5@2 ink=null at 9@3
 */
export function outerJoin<In, V2, R>(
  table: KTable<KeyOf<In>, V2>,
  joiner: (left: Present<ValueOf<In>> | null, right: Present<V2> | null, key: KeyOf<In>) => R,
  options?: TableJoinOptions<NoInfer<R>>,
): (source: TableFor<In, 'outerJoin with a table'>) => WithValue<In, R>;
/** What fits none of the above: the editor says why. @internal */
export function outerJoin<In, Other>(
  other: Other & Misfit<In, Other>,
  ...rest: readonly unknown[]
): (source: In) => never;
export function outerJoin(other: unknown, ...rest: unknown[]): unknown {
  return joinAny('outerJoin', other, rest);
}
