import type { GlobalKTable } from '../../topology/global-table.ts';
import { KStream } from '../../topology/k-stream.ts';

export interface StreamGlobalJoin<K, V, K2, R> {
  readonly kind: 'join' | 'leftJoin';
  /** The key of the row that a record refers to; null where it refers to none. */
  readonly keyOf: (value: V, key: K) => K2 | null | undefined;
  readonly joiner: (left: V, right: unknown, key: K, rowKey: K2 | null) => R;
}

/**
 * Looks up a row by a key drawn from each record, as the table is now: it has no time. Every worker has all rows, so the
 * stream needs no repartition, and its key may be null.
 */
export function joinStreamGlobal<K, V, K2, R>(
  source: KStream<K, V>,
  table: GlobalKTable<K2, unknown>,
  step: StreamGlobalJoin<K, V, K2, R>,
): KStream<K, R> {
  const { kind, keyOf, joiner } = step;
  const { flow, node: parent, key, keyChanged } = source.shape;
  const { name } = table.shape;
  const node = flow.add({ kind, parents: [parent], globals: [name], takesNullKeys: kind === 'leftJoin' });
  const joined = new KStream<K, R>({ flow, node, key, value: undefined, keyChanged });
  flow.connect(node, (scope) => {
    const rows = scope.global<K2, unknown>(name);
    source.hub.add(({ key, value, timestamp, headers }) => {
      if (value === null) return scope.drop(node, 'null value');
      const rowKey = keyOf(value, key) ?? null;
      if (rowKey === null && kind === 'join') return scope.drop(node, 'null key');
      const row = rowKey === null ? undefined : rows.get(rowKey);
      if (row === undefined && kind === 'join') return;
      joined.hub.emit({ key, value: joiner(value, row?.value ?? null, key, rowKey), timestamp, headers });
    });
  });
  return joined;
}
