import type { Serde } from '../serde/serde.ts';
import type { Collection, KeyOf, ValueOf, WithValue } from '../topology/k-grouped.ts';
import type { KTable } from '../topology/k-table.ts';
import { isStream } from './internal/derive.ts';
import { joinStreamTable } from './internal/join-stream-table.ts';
import { joinTables } from './internal/join-tables.ts';

export interface JoinOptions<K, V> {
  /** Names the repartition topic of a stream whose key an operator before changed. */
  readonly name?: string;
  readonly key?: Serde<K>;
  readonly value?: Serde<V>;
}

/**
 * Joins with the row of the same key of a table. A stream's record with no row (or a null key or value, which is counted
 * as dropped) gives nothing; only the stream triggers. Of two tables, the row is there while both sides have it, and
 * either triggers. Both topics must have the same number of partitions.
 *
 * @example
 * orders.pipe(join(users, (order, user) => ({ ...order, country: user.country })))
 */
export function join<In extends Collection, V2, R>(
  table: KTable<KeyOf<In>, V2>,
  joiner: (left: NonNullable<ValueOf<In>>, right: V2, key: KeyOf<In>) => R,
  options: JoinOptions<KeyOf<In>, ValueOf<In>> = {},
): (source: In) => WithValue<In, R> {
  return joinAs('join', table, joiner, options);
}

/**
 * As `join`, but what has no partner comes too: `joiner` then gets null for the table's row. A stream's record with a
 * null key has no partner.
 *
 * @example
 * orders.pipe(leftJoin(users, (order, user) => ({ ...order, country: user?.country ?? 'unknown' })))
 */
export function leftJoin<In extends Collection, V2, R>(
  table: KTable<KeyOf<In>, V2>,
  joiner: (left: NonNullable<ValueOf<In>>, right: V2 | null, key: KeyOf<In>) => R,
  options: JoinOptions<KeyOf<In>, ValueOf<In>> = {},
): (source: In) => WithValue<In, R> {
  return joinAs('leftJoin', table, joiner, options);
}

/**
 * Joins two tables: a row is there while either side has it, `joiner` gets null for the side that lacks it.
 *
 * @example
 * stock.pipe(outerJoin(prices, (units, cents) => ({ units: units ?? 0, cents: cents ?? 0 })))
 */
export function outerJoin<K, V, V2, R>(
  table: KTable<K, V2>,
  joiner: (left: V | null, right: V2 | null, key: K) => R,
): (source: KTable<K, V>) => KTable<K, R> {
  return (source) => joinTables(source, table, { kind: 'outerJoin', joiner });
}

function joinAs<In extends Collection, K, V2, R>(
  kind: 'join' | 'leftJoin',
  table: KTable<K, V2>,
  joiner: unknown,
  options: object,
): (source: In) => WithValue<In, R> {
  // The joiner is of this very source and table, which TypeScript cannot follow through `isStream`.
  const step = { kind, joiner: joiner as (left: unknown, right: unknown, key: unknown) => R };
  const right = table as unknown as KTable<unknown, unknown>;
  return (source) => {
    const joined = isStream(source)
      ? joinStreamTable(source, right, { ...step, ...options })
      : joinTables(source, right, step);
    return joined as WithValue<In, R>;
  };
}
