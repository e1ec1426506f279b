import type { TimeWindows } from '../../topology/windows.ts';
import type { LiveWindows, WindowProcess } from './window-fold.ts';

/**
 * Aggregation by windows that are fixed beforehand.
 *
 * State: one row a key and window, at the window's start. A record changes each window that holds it and is still open
 * (`end + grace > time`), from the oldest start to the newest; null values are values like any other. Windows that the
 * record's time closes come out before it is added: it cannot be in them, and its own rows could push theirs out of the
 * store. Kafka Streams does it afterwards, and so may lose windows.
 */
export function foldTimeWindows<K, A>(live: LiveWindows<K, A>, windows: TimeWindows): WindowProcess<K> {
  const { fold, add, store, clock, closer, emitter, compat, drop, late } = live;
  return (record) => {
    const { key, value, timestamp, headers } = record;
    if (key === null) return drop('null key');
    const time = clock.advance(timestamp);
    const closeTime = time - windows.graceMs;
    if (!compat) closer.close(time, headers);
    for (let start = windows.firstStart(timestamp); start <= timestamp; start = windows.nextStart(start)) {
      const end = windows.endOf(start);
      if (end <= closeTime) {
        late(record, { key, start, end });
        continue;
      }
      const row = store.get(key, start);
      const before = row === undefined ? fold.initial(key) : row.value;
      const after = add(before, value, key);
      const newest = row === undefined || row.timestamp < timestamp ? timestamp : row.timestamp;
      store.put({ key, time: start, order: 0 }, after, newest);
      const claimed = row === undefined ? before : undefined;
      const oldValue = compat ? before : (row?.value ?? null);
      emitter.update(key, start, end, { value: after, oldValue, claimed, timestamp: newest, headers });
    }
    if (compat) closer.close(time, headers);
  };
}
