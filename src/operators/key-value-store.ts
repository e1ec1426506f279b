import type { Serde } from '../serde/serde.ts';
import type { GlobalKTable } from '../topology/global-table.ts';
import type { KTable } from '../topology/k-table.ts';
import type { ProcessorStore } from './internal/processor-store.ts';
import { type TimeToLive, timeToLiveOf } from './internal/time-to-live.ts';
import type { TableRows, TableRowsDeclaration } from './rows-of.ts';
import type { SessionStore, SessionStoreDeclaration } from './session-store.ts';
import type { ProcessorVersionedStore, VersionedStoreDeclaration } from './versioned-store.ts';
import type { WindowStore, WindowStoreDeclaration } from './window-store.ts';

/** Of `store`, then its keys are those of the stream, or `keyValueStore`. */
export interface KeyValueConnection extends TimeToLive {
  readonly kind?: undefined;
  readonly name: string;
  readonly key?: Serde<unknown>;
  readonly value: Serde<unknown>;
}

/** A store that processors can be connected with, of whatever kind; or the rows of a table, to read. */
export type ConnectedStore =
  | KeyValueConnection
  | WindowStoreDeclaration<unknown, unknown, string>
  | SessionStoreDeclaration<unknown, unknown, string>
  | VersionedStoreDeclaration<unknown, unknown, string>
  | AnyTableRows;

/** `TableRowsDeclaration` of whatever rows: tables of other types are not assignable to each other. */
interface AnyTableRows {
  readonly kind: 'rows-of';
  readonly name: string;
  readonly table: KTable<unknown, unknown> | GlobalKTable<unknown, unknown>;
}

/** The stores of a processor by their names. `K` is the key of those that have none of their own. */
export type StoresByName<Stores extends readonly ConnectedStore[], K> = {
  readonly [S in Stores[number] as S['name']]: OpenedStore<S, K>;
};

type OpenedStore<S, K> =
  S extends WindowStoreDeclaration<infer Own, infer V, string>
    ? WindowStore<Own, V>
    : S extends SessionStoreDeclaration<infer Own, infer V, string>
      ? SessionStore<Own, V>
      : S extends VersionedStoreDeclaration<infer Own, infer V, string>
        ? ProcessorVersionedStore<Own, V>
        : S extends TableRowsDeclaration<infer Own, infer V, string>
          ? TableRows<Own, V>
          : ProcessorStore<
              S extends { readonly key: Serde<infer Own> } ? Own : K,
              S extends { readonly value: Serde<infer V> } ? V : never
            >;

export interface KeyValueStoreDeclaration<K, V, Name extends string> extends TimeToLive {
  readonly name: Name;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

/**
 * Names and types a store for processors whose keys are other ones than those of the stream. Two processors share it
 * where both are given the same declaration. A row may also be given a time to live of its own, as it is written; where no
 * other one is to end, the store's is Infinity. Throws TIME_TO_LIVE_INVALID.
 *
 * @example
 * const seen = keyValueStore('seen', { key: string(), value: integer() });
 * clicks.pipe(
 *   processValues({
 *     stores: [seen],
 *     init: ({ stores, forward }) => ({ value: page, timestamp }) => {
 *       if (stores.seen.get(page) === undefined) forward(page);
 *       stores.seen.put(page, timestamp);
 *     },
 *   }),
 *   to('new-pages'),
 * );
 * // in  clicks    ann=home@1 bob=home@2 bob=tea@3
 * // out new-pages ann=home@1 bob=tea@3
 */
export function keyValueStore<K, V, const Name extends string>(
  name: Name,
  as: { readonly key: Serde<K>; readonly value: Serde<V> } & TimeToLive,
): KeyValueStoreDeclaration<K, V, Name> {
  const ending = timeToLiveOf(`keyValueStore('${name}')`, as);
  return { name, key: as.key, value: as.value, ...ending };
}
