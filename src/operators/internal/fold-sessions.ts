import type { Entry, TimedKey } from '../../state/store.ts';
import type { SessionWindows } from '../../topology/windows.ts';
import type { LiveWindows, WindowProcess } from './window-fold.ts';

/**
 * Aggregation by sessions.
 *
 * State: one row a session, at its end and start; the sessions of a key never touch. A record joins all sessions that
 * are at most the gap away, found by end from the smallest: their aggregates are merged into the initial one in that
 * order, then the record is added. If the bounds are others than before, each old session is deleted (null comes out, at
 * its end) before the new one is written. A session is open while `end + gap + grace >= time`.
 */
export function foldSessions<K, A>(live: LiveWindows<K, A>, { gapMs, graceMs }: SessionWindows): WindowProcess<K> {
  const { fold, add, store, clock, closer, emitter, compat, drop, late } = live;
  const { merge = (_, session) => session } = fold;
  return (record) => {
    const { key, value, timestamp, headers } = record;
    if (key === null) return drop('null key');
    const time = clock.advance(timestamp);
    if (!compat) closer.close(time, headers);
    let start = timestamp;
    let end = timestamp;
    let aggregate = fold.initial(key);
    let count = 0;
    const sessions = store.fetch(key, timestamp - gapMs, Number.POSITIVE_INFINITY);
    for (const session of sessions) {
      if (session.key.order > timestamp + gapMs) break;
      aggregate = merge(aggregate, session.value, key);
      start = Math.min(start, session.key.order);
      end = Math.max(end, session.key.time);
      count++;
    }
    if (end + gapMs + graceMs < time) late(record, { key, start, end });
    else {
      const isNew = start === timestamp && end === timestamp;
      if (!isNew) for (let i = 0; i < count; i++) remove(sessions[i], headers);
      const after = add(aggregate, value, key);
      store.put({ key, time: end, order: start }, after, end);
      // Where a session of this one instant gets another record, Kafka Streams gives no old value either. Behind a commit
      // there must be one: else the session would seem to have come since the last one, and its end would be passed over.
      const oldValue = emitter.holdsBack && isNew && count > 0 ? (sessions[0]?.value ?? null) : null;
      emitter.update(key, start, end, { value: after, oldValue, claimed: undefined, timestamp: end, headers });
    }
    if (compat) closer.close(time, headers);
  };

  function remove(session: Entry<TimedKey<K>, A> | undefined, headers: Parameters<typeof closer.close>[1]): void {
    if (session === undefined) return;
    const { key: at, value: oldValue } = session;
    store.put(at, null, at.time);
    emitter.update(at.key, at.order, at.time, {
      value: null,
      oldValue,
      claimed: undefined,
      timestamp: at.time,
      headers,
    });
  }
}
