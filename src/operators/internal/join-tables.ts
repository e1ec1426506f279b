import { KTable, type TableView } from '../../topology/k-table.ts';
import type { TableChange } from '../../topology/records.ts';

interface TableJoin<K, V, V2, R> {
  readonly kind: 'join' | 'leftJoin' | 'outerJoin';
  readonly joiner: (left: V | null, right: V2 | null, key: K) => R;
}

/**
 * Joins two tables by key. Either side's change looks up the other side as it is now; old and new result are computed
 * from the change's old and new value. The result's time is the larger of both rows'. It has no rows of its own.
 */
export function joinTables<K, V, V2, R>(
  left: KTable<K, V>,
  right: KTable<K, V2>,
  step: TableJoin<K, V, V2, R>,
): KTable<K, R> {
  const { kind } = step;
  const { flow, key, node: leftNode, view: leftRows } = left.shape;
  const { node: rightNode, view: rightRows } = right.shape;
  const stores = [...new Set([...left.shape.stores, ...right.shape.stores])];
  const node = flow.add({ kind, parents: [leftNode, rightNode], reads: stores, copartitioned: true });
  // Null is a row of a joined table that is not there, so a join of what is missing on a needed side has none.
  const result = (a: V | null, b: V2 | null, at: K): R | null => {
    if (a === null && (b === null || kind !== 'outerJoin')) return null;
    if (b === null && kind === 'join') return null;
    return step.joiner(a, b, at);
  };
  const view = leftRows && rightRows && joinedView(leftRows, rightRows, result);
  const joined = new KTable<K, R>({ flow, node, key, value: undefined, stores, view });
  /** Whether a change of one side is passed on at all, given the row of the other side. */
  const isSeen = (change: TableChange<K, unknown>, other: unknown, otherNeeded: boolean): boolean =>
    other !== null || (!otherNeeded && (change.value !== null || change.oldValue !== null));
  flow.connect(node, () => {
    left.hub.add((change) => {
      const other = rightRows?.get(change.key);
      const b = other?.value ?? null;
      if (isSeen(change, b, kind === 'join'))
        joined.hub.emit(joinedChange(change, other?.timestamp, (a, key) => result(a, b, key)));
    });
    right.hub.add((change) => {
      const other = leftRows?.get(change.key);
      const a = other?.value ?? null;
      if (isSeen(change, a, kind !== 'outerJoin'))
        joined.hub.emit(joinedChange(change, other?.timestamp, (b, key) => result(a, b, key)));
    });
  });
  return joined;
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

function joinedView<K, V, V2, R>(
  left: TableView<K, V>,
  right: TableView<K, V2>,
  result: (a: V | null, b: V2 | null, key: K) => R | null,
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
