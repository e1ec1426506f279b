import type { Serde } from '../serde/serde.ts';
import type { Row } from '../state/store.ts';

/**
 * A store that knows what its rows were before, as a processor sees it.
 *
 * @see `versionedStore`
 */
export interface ProcessorVersionedStore<K, V> {
  readonly name: string;
  /** The newest version of a key; `asOf` a time (ms), the one that was valid then. */
  get(key: K, asOf?: number): Row<V> | undefined;
  /**
   * Puts a version in its place in the history of its key; null: from then on there is no row. It is valid from the time of
   * the record (or punctuation) at hand, unless another one is given. False where it is too old to be stored.
   */
  put(key: K, value: V | null, timestamp?: number): boolean;
  /** As a `put` of null; gives the version that was valid then. */
  delete(key: K, timestamp?: number): Row<V> | undefined;
}

export interface VersionedStoreDeclaration<K, V, Name extends string> {
  readonly kind: 'versioned-store';
  readonly name: Name;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly retention: number;
}

/**
 * Names and types a versioned store for processors. One can look back, and a version may come late, `retention` ms from
 * the newest time in the store. A negative `retention` is refused when a processor is connected (OPTION_INVALID).
 *
 * @example
 * const pages = versionedStore('pages', { key: string(), value: string(), retention: 24 * 60 * 60_000 });
 * clicks.pipe(
 *   processValues({
 *     stores: [pages],
 *     init: ({ stores: { pages }, forward }) => ({ key, value, timestamp }) => {
 *       pages.put(key, value);
 *       forward(`${pages.get(key, timestamp - 5)?.value ?? 'nothing'}>${value}`);
 *     },
 *   }),
 *   to('five-before'),
 * );
 * // in  clicks      ann=home@1 ann=tea@10 ann=cart@6 ann=home@12
 * // out five-before ann=nothing>home@1 ann=home>tea@10 ann=home>cart@6 ann=cart>home@12
 */
export function versionedStore<K, V, const Name extends string>(
  name: Name,
  as: { readonly key: Serde<K>; readonly value: Serde<V>; readonly retention: number },
): VersionedStoreDeclaration<K, V, Name> {
  return { kind: 'versioned-store', name, ...as };
}
