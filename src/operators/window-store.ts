import type { Serde } from '../serde/serde.ts';
import type { ReadOnlyWindowStore } from '../topology/timed-views.ts';

/**
 * A store of windows as a processor sees it; it is read as a `ReadOnlyWindowStore`.
 *
 * @see `windowStore`
 */
export interface WindowStore<K, V> extends ReadOnlyWindowStore<K, V> {
  /**
   * Null deletes. A window that begins `retention` before the newest one, or earlier, is not stored. The row's time is that
   * of the record (or punctuation) at hand, unless it is given.
   */
  put(key: K, value: V | null, start: number, timestamp?: number): void;
}

export interface WindowStoreDeclaration<K, V, Name extends string> {
  readonly kind: 'window-store';
  readonly name: Name;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly retention: number;
}

/**
 * Names and types a store of windows for processors. A row is deleted, in the changelog too, when a window has come that
 * begins `retention` ms after its own. A negative `retention` is refused when a processor is
 * connected (OPTION_INVALID).
 *
 * @example
 * const pages = windowStore('pages', { key: string(), value: string(), retention: 60 * 60_000 });
 * clicks.pipe(
 *   processValues({
 *     stores: [pages],
 *     init: ({ stores: { pages }, forward }) => ({ key, value, timestamp }) => {
 *       pages.put(key, value, timestamp);
 *       forward(pages.fetch(key, timestamp - 10, timestamp).map((row) => row.value).join('+'));
 *     },
 *   }),
 *   to('trails'),
 * );
 * // in  clicks ann=home@1 ann=tea@5 ann=cart@14
 * // out trails ann=home@1 ann=home+tea@5 ann=tea+cart@14
 */
export function windowStore<K, V, const Name extends string>(
  name: Name,
  as: { readonly key: Serde<K>; readonly value: Serde<V>; readonly retention: number },
): WindowStoreDeclaration<K, V, Name> {
  return { kind: 'window-store', name, ...as };
}
