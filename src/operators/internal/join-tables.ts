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
  const emit = (
    change: TableChange<K, unknown>,
    time: number | undefined,
    value: R | null,
    oldValue: R | null,
  ): void => {
    if (value === null && oldValue === null) return;
    const { key, timestamp, headers } = change;
    joined.hub.emit({ key, value, oldValue, timestamp: Math.max(timestamp, time ?? timestamp), headers });
  };
  flow.connect(node, () => {
    left.hub.add((change) => {
      const other = rightRows?.get(change.key);
      const b = other?.value ?? null;
      emit(change, other?.timestamp, result(change.value, b, change.key), result(change.oldValue, b, change.key));
    });
    right.hub.add((change) => {
      const other = leftRows?.get(change.key);
      const a = other?.value ?? null;
      emit(change, other?.timestamp, result(a, change.value, change.key), result(a, change.oldValue, change.key));
    });
  });
  return joined;
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
