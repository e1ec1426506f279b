import type { Serde } from '../serde/serde.ts';
import type { ReadOnlySessionStore } from '../topology/timed-views.ts';

/**
 * A store of sessions as a processor sees it; it is read as a `ReadOnlySessionStore`.
 *
 * @see `sessionStore`
 */
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
 * ends `retention` ms after it. A negative `retention` is refused when a processor is connected (OPTION_INVALID).
 *
 * @example
 * const visits = sessionStore('visits', { key: string(), value: integer(), retention: 24 * 60 * 60_000 });
 * clicks.pipe(
 *   processValues({
 *     stores: [visits],
 *     value: integer(),
 *     init: ({ stores: { visits }, forward }) => ({ key, timestamp }) => {
 *       const [visit] = visits.fetch(key, timestamp - 10, timestamp);
 *       if (visit !== undefined) visits.put(key, null, visit.start, visit.end);
 *       const clicked = (visit?.value ?? 0) + 1;
 *       visits.put(key, clicked, visit?.start ?? timestamp, timestamp);
 *       forward(clicked);
 *     },
 *   }),
 *   to('clicks-of-visit'),
 * );
 * // in  clicks          ann=home@1 ann=tea@5 ann=home@30
 * // out clicks-of-visit ann=1@1 ann=2@5 ann=1@30
 */
export function sessionStore<K, V, const Name extends string>(
  name: Name,
  as: { readonly key: Serde<K>; readonly value: Serde<V>; readonly retention: number },
): SessionStoreDeclaration<K, V, Name> {
  return { kind: 'session-store', name, ...as };
}
