import { failure } from '../../errors.ts';
import type { Serde } from '../../serde/serde.ts';
import { type KeyIdentity, keyIdentity } from '../../state/key-identity.ts';
import type { Row } from '../../state/store.ts';
import type { GraphNode } from '../../topology/graph.ts';
import { KTable, type TableView } from '../../topology/k-table.ts';
import { materialize } from '../../topology/materialize.ts';
import { meetingPoints } from '../../topology/meeting-points.ts';
import type { TableChange } from '../../topology/records.ts';
import type { TaskScope } from '../../topology/task-scope.ts';
import { type HeldJoin, SettlingJoin, type SideChange } from './join-settling.ts';

export interface TableJoin<K, V, V2, R> {
  readonly kind: 'join' | 'leftJoin' | 'outerJoin';
  readonly joiner: (left: V | null, right: V2 | null, key: K) => R;
  /** Keeps the result's rows under this name. */
  readonly store?: string | undefined;
  readonly value?: Serde<R> | undefined;
}

/** Null is a row of a joined table that is not there. */
type Result<K, V, V2, R> = (a: V | null, b: V2 | null, key: K) => R | null;

/**
 * Joins two tables by key. A change of either side is joined with the other side as it is now; old and new result are
 * computed from its old and new value. Where one record changes both sides, its changes are joined together, once (see
 * `SettlingJoin`), unless it is to be as in Kafka Streams. The result's time is the larger of both rows'.
 *
 * Without a store the result has no rows of its own: who reads it joins the rows of both sides anew.
 */
export function joinTables<K, V, V2, R>(
  left: KTable<K, V>,
  right: KTable<K, V2>,
  step: TableJoin<K, V, V2, R>,
): KTable<K, R> {
  const { kind } = step;
  const { flow, key, node: leftNode } = left.shape;
  const { node: rightNode } = right.shape;
  const stores = [...new Set([...left.shape.stores, ...right.shape.stores])];
  const node = flow.add({ kind, parents: [leftNode, rightNode], reads: stores, copartitioned: true });
  const result: Result<K, V, V2, R> = (a, b, at) => {
    if (a === null && (b === null || kind !== 'outerJoin')) return null;
    if (b === null && kind === 'join') return null;
    return step.joiner(a, b, at);
  };
  const { view: leftRows } = left.shape;
  const { view: rightRows } = right.shape;
  const view = leftRows && rightRows && joinedView(leftRows, rightRows, result);
  const joined = new KTable<K, R>({ flow, node, key, value: undefined, stores, view });
  flow.connect(node, (scope) => {
    const emit = (change: TableChange<K, R>): void => joined.hub.emit(change);
    const live = { left, right, kind, result, emit };
    if (scope.compat) return connect(live, { scope, node });
    const settling = settlingOf(live);
    if (scope.emit === 'commit') connect(live, { scope, node }, { settling, always: true });
    else {
      const points = meetingPoints(leftNode, rightNode);
      const meets = points.nodes.length + points.topics.length > 0;
      connect(live, { scope, node }, meets ? { settling, always: false } : undefined);
      // After the join itself, which may be a sink of such a hub: its change is part of the result.
      for (const point of points.nodes) for (const hub of flow.hubsOf(point.id)) settling.watch(point, hub);
      for (const sources of points.topics) scope.around(sources, settling.span());
    }
    scope.onFlush(() => settling.flush());
  });
  return step.store === undefined ? joined : storeJoined(joined, { ...step, store: step.store });
}

interface LiveJoin<K, V, V2, R> {
  readonly left: KTable<K, V>;
  readonly right: KTable<K, V2>;
  readonly kind: 'join' | 'leftJoin' | 'outerJoin';
  readonly result: Result<K, V, V2, R>;
  readonly emit: (change: TableChange<K, R>) => void;
}

/** Joins each change at once, or holds it where it is not complete. Rows that came out of order are left out. */
function connect<K, V, V2, R>(
  { left, right, kind, result, emit }: LiveJoin<K, V, V2, R>,
  { scope, node }: { scope: TaskScope; node: GraphNode },
  holding?: { settling: SettlingJoin<K, V, V2>; always: boolean },
): void {
  const { view: leftRows } = left.shape;
  const { view: rightRows } = right.shape;
  const isHeld = (): boolean => holding !== undefined && (holding.always || holding.settling.isOpen);
  left.hub.add((change) => {
    if (change.outOfOrder === true) return scope.drop(node, 'out of order');
    if (isHeld()) return holding?.settling.holdLeft(change);
    const other = rightRows?.get(change.key);
    const b = other?.value ?? null;
    if (isSeen(change, b, kind === 'join')) emit(joinedChange(change, other?.timestamp, (a, key) => result(a, b, key)));
  });
  right.hub.add((change) => {
    if (change.outOfOrder === true) return scope.drop(node, 'out of order');
    if (isHeld()) return holding?.settling.holdRight(change);
    const other = leftRows?.get(change.key);
    const a = other?.value ?? null;
    if (isSeen(change, a, kind !== 'outerJoin'))
      emit(joinedChange(change, other?.timestamp, (b, key) => result(a, b, key)));
  });
}

/** Whether a change of one side is passed on at all, given the row of the other side. */
function isSeen(change: TableChange<unknown, unknown>, other: unknown, otherNeeded: boolean): boolean {
  return other !== null || (!otherNeeded && (change.value !== null || change.oldValue !== null));
}

/** Whether the results are there or not, a change that is seen is passed on: so does Kafka Streams. */
function joinedChange<K, V, R>(
  change: TableChange<K, V>,
  otherTime: number | undefined,
  result: (value: V | null, key: K) => R | null,
): TableChange<K, R> {
  const { key, value, oldValue, claimed, timestamp, headers } = change;
  return {
    key,
    value: result(value, key),
    oldValue: result(oldValue, key),
    claimed: claimed === undefined ? undefined : result(claimed, key),
    timestamp: Math.max(timestamp, otherTime ?? timestamp),
    headers,
  };
}

function settlingOf<K, V, V2, R>({ left, right, result, emit }: LiveJoin<K, V, V2, R>): SettlingJoin<K, V, V2> {
  const { key: serde, view: leftRows } = left.shape;
  const { view: rightRows } = right.shape;
  // Without a serde the keys must be their own identity, as those of all stored tables are not.
  const identity = serde === undefined ? (key: K) => key as KeyIdentity : keyIdentity(serde);
  const settle = ({ key, left, right, headers }: HeldJoin<K, V, V2>): void => {
    const a = left ?? unchanged(leftRows?.get(key));
    const b = right ?? unchanged(rightRows?.get(key));
    const value = result(a.value, b.value, key);
    const oldValue = result(a.oldValue, b.oldValue, key);
    if (value === null && oldValue === null) return;
    emit({ key, value, oldValue, claimed: undefined, timestamp: Math.max(a.timestamp, b.timestamp), headers });
  };
  return new SettlingJoin<K, V, V2>(identity, settle);
}

function unchanged<V>(row: Row<V> | undefined): SideChange<V> {
  if (row === undefined) return { value: null, oldValue: null, timestamp: -1 };
  return { value: row.value, oldValue: row.value, timestamp: row.timestamp };
}

function joinedView<K, V, V2, R>(
  left: TableView<K, V>,
  right: TableView<K, V2>,
  result: Result<K, V, V2, R>,
): TableView<K, R> {
  return {
    get: (key) => {
      const a = left.get(key);
      const b = right.get(key);
      const value = result(a?.value ?? null, b?.value ?? null, key);
      if (value === null) return undefined;
      return { value, timestamp: Math.max(a?.timestamp ?? -1, b?.timestamp ?? -1) };
    },
  };
}

/** The same with rows of its own, which pass on what they are told. */
function storeJoined<K, R>(
  joined: KTable<K, R>,
  { kind, store: name, value }: { kind: string; store: string; value?: Serde<R> | undefined },
): KTable<K, R> {
  const { flow, node: parent, key } = joined.shape;
  const step = `${kind} with store '${name}'`;
  if (key === undefined) throw failure('SERDE_MISSING', { step, part: 'key' });
  if (value === undefined) throw failure('SERDE_MISSING', { step, part: 'value' });
  const node = flow.add({ kind: 'store', name, parents: [parent], store: { name, key, value } });
  return materialize<K, R>(flow, node, {
    name,
    key,
    value,
    connect: ({ emitter }) => joined.hub.add((change) => emitter.replace(change.key, change)),
  });
}
