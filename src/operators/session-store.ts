import type { Serde } from '../serde/serde.ts';
import type { ReadOnlySessionStore } from '../topology/timed-views.ts';

/** A store of sessions as a processor sees it. */
export interface SessionStore<K, V> extends ReadOnlySessionStore<K, V> {
  /** Null deletes. A session that ended `retention` before the newest one, or earlier, is not stored. */
  put(key: K, value: V | null, start: number, end: number): void;
}

export interface SessionStoreDeclaration<K, V, Name extends string> {
  readonly kind: 'session-store';
  readonly name: Name;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly retention: number;
}

/**
 * Names and types a store of sessions for processors. A session is deleted, in the changelog too, when one has come that
 * ends `retention` ms after it.
 *
 * @example
 * const visits = sessionStore('visits', { key: string(), value: integer(), retention: 24 * 60 * 60_000 });
 */
export function sessionStore<K, V, const Name extends string>(
  name: Name,
  as: { readonly key: Serde<K>; readonly value: Serde<V>; readonly retention: number },
): SessionStoreDeclaration<K, V, Name> {
  return { kind: 'session-store', name, ...as };
}
