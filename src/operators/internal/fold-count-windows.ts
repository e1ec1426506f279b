import type { CountedWindows } from '../../topology/windows.ts';
import type { LiveWindows, WindowProcess } from './window-fold.ts';

/**
 * Aggregation by windows of so many records.
 *
 * State: one row a key, that of its newest window: at the window's start, with the number of its records as its order.
 * A full window makes room for the next one when that begins. Nothing is ever late.
 */
export function foldCountWindows<K, A>(live: LiveWindows<K, A>, { size }: CountedWindows): WindowProcess<K> {
  const { fold, add, store, emitter, compat, drop } = live;
  return ({ key, value, timestamp, headers }) => {
    if (key === null) return drop('null key');
    const row = store.fetch(key, 0, Number.POSITIVE_INFINITY).at(-1);
    const isFull = row === undefined || row.key.order === size;
    const start = row === undefined ? 0 : row.key.time + (isFull ? size : 0);
    const records = isFull ? 1 : row.key.order + 1;
    const before = isFull ? fold.initial(key) : row.value;
    const after = add(before, value, key);
    const newest = isFull ? timestamp : Math.max(row.timestamp, timestamp);
    if (row !== undefined) store.put(row.key, null, timestamp);
    store.put({ key, time: start, order: records }, after, newest);
    const oldValue = isFull ? (compat ? before : null) : row.value;
    const change = { value: after, oldValue, claimed: isFull ? before : undefined, timestamp: newest, headers };
    emitter.update(key, start, start + size, change);
    if (records === size && emitter.emitsClosed)
      emitter.close({ key, start, end: start + size }, { ...change, oldValue: null, claimed: undefined });
  };
}
