import type { Serde, SerdeFor } from '../serde/serde.ts';
import type { TableFor } from '../topology/fitting.ts';
import type { KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KTable } from '../topology/k-table.ts';
import { type ForeignKeyJoin, joinByForeignKey } from './internal/join-foreign-key.ts';

type AnyTable = KTable<unknown, unknown>;

export interface ForeignKeyJoinOptions<R, V2> {
  /** Names the store of the result, and what else the join keeps: two topics and a store of subscriptions. */
  readonly name: string;
  readonly value: Serde<R>;
  /** Needed where an operator made new values of the other table. */
  readonly otherValue?: SerdeFor<NoInfer<V2>>;
}

/**
 * Joins each row with the row of the other table that it refers to. `foreignKey` draws that row's key from the row's
 * value and key; null: it refers to none, which is counted as dropped. The result has a row while both are there, by the
 * key of this table; either side's change triggers. The tables may be partitioned in any way.
 *
 * @example
 * const Item = { type: 'record', name: 'Item', fields: [{ name: 'owner', type: 'string' }] } as const;
 * const items = flow.table('items', { key: string(), value: avro(Item), name: 'items' });
 * items.pipe(
 *   foreignKeyJoin(users, (item) => item.owner, (item, user) => `${item.owner} in ${user.country}`, {
 *     name: 'items-with-owners',
 *     value: string(),
 *   }),
 *   to('owned'),
 * );
 * // in  items i1={"owner":"ann"}@1
 * // in  users ann={"country":"PT"}@2 ann={"country":"FR"}@3
 * // out owned i1=ann in PT@2 i1=ann in FR@3
 */
export function foreignKeyJoin<In, K2, V2, R>(
  other: KTable<K2, V2>,
  foreignKey: (value: ValueOf<In>, key: KeyOf<In>) => NoInfer<K2> | null | undefined,
  joiner: (left: ValueOf<In>, right: V2, key: KeyOf<In>) => NoInfer<R> | null,
  options: ForeignKeyJoinOptions<R, V2>,
): (source: TableFor<In, 'foreignKeyJoin'>) => KTable<KeyOf<In>, NonNullable<R>> {
  return joining({ kind: 'foreignKeyJoin', foreignKey, joiner, ...options }, other);
}

/**
 * As `foreignKeyJoin`, but every row of this table has a result: where it refers to none, or to one that is not there,
 * `joiner` gets null for it.
 *
 * @example
 * const Item = { type: 'record', name: 'Item', fields: [{ name: 'owner', type: 'string' }] } as const;
 * const items = flow.table('items', { key: string(), value: avro(Item), name: 'items' });
 * items.pipe(
 *   foreignKeyLeftJoin(users, (item) => item.owner, (item, user) => `${item.owner} in ${user?.country ?? '?'}`, {
 *     name: 'items-with-owners',
 *     value: string(),
 *   }),
 *   to('owned'),
 * );
 * // in  items i1={"owner":"ann"}@1
 * // in  users ann={"country":"PT"}@2
 * // out owned i1=ann in ?@1 i1=ann in PT@2
 */
export function foreignKeyLeftJoin<In, K2, V2, R>(
  other: KTable<K2, V2>,
  foreignKey: (value: ValueOf<In>, key: KeyOf<In>) => NoInfer<K2> | null | undefined,
  joiner: (left: ValueOf<In>, right: V2 | null, key: KeyOf<In>) => NoInfer<R> | null,
  options: ForeignKeyJoinOptions<R, V2>,
): (source: TableFor<In, 'foreignKeyLeftJoin'>) => KTable<KeyOf<In>, NonNullable<R>> {
  return joining({ kind: 'foreignKeyLeftJoin', foreignKey, joiner, ...options }, other);
}

export interface ForeignKeyOuterJoinOptions<K, R, K2, V2> extends ForeignKeyJoinOptions<R, V2> {
  /**
   * The key of the result of a row of the other table that no row refers to. It must never be a key of this table: give
   * it a mark that none of those has.
   */
  readonly unmatchedKey: (foreignKey: K2) => K;
}

/**
 * As `foreignKeyLeftJoin`, and a row of the other table to which no row refers has a result too: `joiner` gets null for
 * the left side, and `unmatchedKey` says under which key the result stands.
 *
 * @example
 * const Item = { type: 'record', name: 'Item', fields: [{ name: 'owner', type: 'string' }] } as const;
 * const items = flow.table('items', { key: string(), value: avro(Item), name: 'items' });
 * items.pipe(
 *   foreignKeyOuterJoin(users, (item) => item.owner, (item, user) => `${item?.owner} in ${user?.country}`, {
 *     name: 'items-and-idle-users',
 *     value: string(),
 *     unmatchedKey: (user) => `user:${user}`,
 *   }),
 *   to('owned'),
 * );
 * // in  users ann={"country":"PT"}@1
 * // in  items i1={"owner":"ann"}@2
 * // out owned user:ann=undefined in PT@1 user:ann=null@2 i1=ann in PT@2
 */
export function foreignKeyOuterJoin<In, K2, V2, R>(
  other: KTable<K2, V2>,
  foreignKey: (value: ValueOf<In>, key: KeyOf<In>) => NoInfer<K2> | null | undefined,
  joiner: (left: ValueOf<In> | null, right: V2 | null, key: KeyOf<In>) => NoInfer<R> | null,
  options: ForeignKeyOuterJoinOptions<KeyOf<In>, R, NoInfer<K2>, V2>,
): (source: TableFor<In, 'foreignKeyOuterJoin'>) => KTable<KeyOf<In>, NonNullable<R>> {
  return joining({ kind: 'foreignKeyOuterJoin', foreignKey, joiner, ...options }, other);
}

function joining<R>(step: object, other: unknown): (source: unknown) => R {
  // The signatures above have checked that all this fits the source, whose types a function without them cannot name.
  const typed = step as ForeignKeyJoin<unknown, unknown, unknown, unknown, unknown>;
  return (source) => joinByForeignKey(source as AnyTable, other as AnyTable, typed) as R;
}
