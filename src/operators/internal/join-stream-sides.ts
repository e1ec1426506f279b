/**
 * The join of two streams, live. A record is joined with all records of its key that the other side has stored within
 * its window, in the order of time and arrival, and then stored on its own side.
 *
 * In left and outer joins a record without a partner waits until its window and grace are over (see `WaitingRows`), or
 * comes out at once where its window is already past. What is due comes out before the record's own results.
 */
import type { TimedStore } from '../../state/store.ts';
import type { GraphNode } from '../../topology/graph.ts';
import type { StreamRecord } from '../../topology/records.ts';
import type { TaskScope } from '../../topology/task-scope.ts';
import type { JoinWindow, Side, WaitingRows } from './join-waiting.ts';

export type StreamJoiner<K, R> = (left: unknown, right: unknown, key: K) => R;

export interface JoinedSide<K, R> {
  readonly side: Side;
  readonly own: TimedStore<K, unknown>;
  readonly other: TimedStore<K, unknown>;
  readonly window: JoinWindow;
  readonly joiner: StreamJoiner<K, R>;
  /** Undefined in an inner join. */
  readonly waiting: WaitingRows<K> | undefined;
  /** Whether this side's records come out without a partner too. */
  readonly isOuter: boolean;
  readonly emit: (record: StreamRecord<K, R>) => void;
  readonly scope: TaskScope;
  readonly node: GraphNode;
}

/** What a side does with each of its records. */
export function joinSide<K, R>(of: JoinedSide<K, R>): (record: StreamRecord<K, unknown>) => void {
  const { side, own, other, window, waiting, isOuter, emit, scope, node } = of;
  const isLeft = side === 'left';
  const otherSide = isLeft ? 'right' : 'left';
  const before = isLeft ? window.before : window.after;
  const after = isLeft ? window.after : window.before;
  const join = isLeft ? of.joiner : (mine: unknown, theirs: unknown, key: K) => of.joiner(theirs, mine, key);

  const alone = (record: StreamRecord<K, unknown>): void => {
    const { key, value, timestamp, headers } = record;
    emit({ key, value: join(value, null, key), timestamp, headers });
  };
  const emitDue = (due: ReturnType<WaitingRows<K>['takeDue']>, headers: StreamRecord<K, unknown>['headers']): void => {
    for (const { side, entry } of due) {
      const { key } = entry.key;
      const value = side === 'left' ? of.joiner(entry.value, null, key) : of.joiner(null, entry.value, key);
      emit({ key, value, timestamp: entry.key.time, headers });
    }
  };

  return (record) => {
    const { key, value, timestamp, headers } = record;
    waiting?.advance(timestamp);
    if (value === null || value === undefined) return scope.drop(node, 'null value');
    if (key === null || key === undefined) return isOuter ? alone(record) : scope.drop(node, 'null key');
    if (waiting !== undefined && timestamp === waiting.time) {
      const due = waiting.takeDue(side);
      if (due.length > 0) emitDue(due, headers);
    }
    const partners = other.fetch(key, timestamp - before, timestamp + after);
    for (let i = 0; i < partners.length; i++) {
      const partner = partners[i];
      if (partner === undefined) continue;
      const { time } = partner.key;
      waiting?.remove(otherSide, key, time);
      emit({ key, value: join(value, partner.value, key), timestamp: Math.max(timestamp, time), headers });
    }
    if (partners.length === 0 && isOuter && waiting !== undefined) {
      if (timestamp + after < waiting.time) alone(record);
      else waiting.add(side, key, value, timestamp);
    }
    own.append(key, timestamp, value, timestamp);
  };
}

/**
 * A stream joined with itself over one store. Its results come in the order of two: at first as the left side with what
 * is stored, then as the right side, and with itself before later records, unless it is too old to be stored.
 */
export function joinSelf<K, R>(
  of: Pick<JoinedSide<K, R>, 'own' | 'window' | 'joiner' | 'emit' | 'scope' | 'node'> & { retentionMs: number },
): (record: StreamRecord<K, unknown>) => void {
  const { own, window, joiner, emit, scope, node, retentionMs } = of;
  const { before, after } = window;
  return ({ key, value, timestamp, headers }) => {
    if (value === null || value === undefined) return scope.drop(node, 'null value');
    if (key === null || key === undefined) return scope.drop(node, 'null key');
    const result = (left: unknown, right: unknown, time: number): void =>
      emit({ key, value: joiner(left, right, key), timestamp: Math.max(timestamp, time), headers });
    // The store's newest time is that of all records before this one.
    let isToCome = timestamp > Math.max(own.newest, timestamp) - retentionMs + 1;
    const withItself = (): void => {
      if (isToCome) result(value, value, timestamp);
      isToCome = false;
    };
    for (const partner of own.fetch(key, timestamp - before, timestamp + after))
      result(value, partner.value, partner.key.time);
    for (const partner of own.fetch(key, timestamp - after, timestamp + before)) {
      if (partner.key.time > timestamp) withItself();
      result(partner.value, value, partner.key.time);
    }
    withItself();
    own.append(key, timestamp, value, timestamp);
  };
}
