import type { Serde } from '../serde/serde.ts';
import type { ReadOnlyWindowStore } from '../topology/timed-views.ts';

/** A store of windows as a processor sees it. */
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
 * begins `retention` ms after its own.
 *
 * @example
 * const seen = windowStore('seen', { key: string(), value: integer(), retention: 60 * 60_000 });
 */
export function windowStore<K, V, const Name extends string>(
  name: Name,
  as: { readonly key: Serde<K>; readonly value: Serde<V>; readonly retention: number },
): WindowStoreDeclaration<K, V, Name> {
  return { kind: 'window-store', name, ...as };
}
