import type { Serde } from '../serde/serde.ts';
import type { ProcessorStore } from './internal/processor-store.ts';
import { type TimeToLive, timeToLiveOf } from './internal/time-to-live.ts';

/** A store that processors can be connected with: of `store`, then its keys are those of the stream, or `keyValueStore`. */
export interface ConnectedStore extends TimeToLive {
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

export interface KeyValueStoreDeclaration<K, V, Name extends string> extends TimeToLive {
  readonly name: Name;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

/**
 * Names and types a store for processors whose keys are other ones than those of the stream. Two processors share it
 * where both are given the same declaration. A row may also be given a time to live of its own, as it is written; where no
 * other one is to end, the store's is Infinity.
 *
 * @example
 * const seen = keyValueStore('seen', { key: string(), value: integer() });
 * const tokens = keyValueStore('tokens', { key: string(), value: string(), timeToLive: hours(1) });
 * // in a processor: stores.tokens.put(id, token, { timeToLive: minutes(5) })
 */
export function keyValueStore<K, V, const Name extends string>(
  name: Name,
  as: { readonly key: Serde<K>; readonly value: Serde<V> } & TimeToLive,
): KeyValueStoreDeclaration<K, V, Name> {
  const ending = timeToLiveOf(`keyValueStore('${name}')`, as);
  return { name, key: as.key, value: as.value, ...ending };
}
