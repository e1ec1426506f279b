import type { Serde } from '../serde/serde.ts';
import type { ProcessorStore } from './internal/processor-store.ts';

/** A store that processors can be connected with: of `store`, then its keys are those of the stream, or `keyValueStore`. */
export interface ConnectedStore {
  readonly name: string;
  readonly key?: Serde<unknown>;
  readonly value: Serde<unknown>;
}

/** The stores of a processor by their names. `K` is the key of those that have none of their own. */
export type StoresByName<Stores extends readonly ConnectedStore[], K> = {
  readonly [S in Stores[number] as S['name']]: ProcessorStore<
    S extends { readonly key: Serde<infer Own> } ? Own : K,
    S extends { readonly value: Serde<infer V> } ? V : never
  >;
};

export interface KeyValueStoreDeclaration<K, V, Name extends string> {
  readonly name: Name;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

/**
 * Names and types a store for processors whose keys are other ones than those of the stream. Two processors share it
 * where both are given the same declaration.
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
  serdes: { readonly key: Serde<K>; readonly value: Serde<V> },
): KeyValueStoreDeclaration<K, V, Name> {
  return { name, key: serdes.key, value: serdes.value };
}
