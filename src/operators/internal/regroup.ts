import type { Serde } from '../../serde/serde.ts';
import { identityOf } from '../../state/key-identity.ts';
import { KGroupedTable } from '../../topology/k-grouped.ts';
import { KStream } from '../../topology/k-stream.ts';
import type { KTable } from '../../topology/k-table.ts';
import type { StreamRecord } from '../../topology/records.ts';
import { repartition } from '../../topology/repartition.ts';
import { changeSerde, type ValueChange } from './change-serde.ts';

/**
 * Sends the changes of a table to the groups they concern. Where old and new value are of the same group one message
 * carries both, so that the aggregate never shows the state in between; else the old group is told first.
 */
export function regroup<K, V, K2>(
  source: KTable<K, V>,
  by: (value: V, key: K) => K2,
  as: { name: string; key: Serde<K2>; value: Serde<V> },
): KGroupedTable<K2, V> {
  const { flow, node: parent } = source.shape;
  const node = flow.add({ kind: 'groupBy', name: as.name, parents: [parent] });
  const value = changeSerde(as.value);
  const identity = (key: K2) => identityOf(key, as.key.columns);
  const changes = new KStream<K2, ValueChange<V>>({ flow, node, key: as.key, value, keyChanged: true });
  flow.connect(node, () => {
    const emit = (
      key: K2 | null,
      change: ValueChange<V>,
      of: { timestamp: number; headers: StreamRecord<K, V>['headers'] },
    ) => {
      if (key !== null) changes.hub.emit({ key, value: change, timestamp: of.timestamp, headers: of.headers });
    };
    source.hub.add((change) => {
      const { key, value, oldValue } = change;
      const oldKey = oldValue === null ? null : by(oldValue, key);
      const newKey = value === null ? null : by(value, key);
      if (oldKey !== null && newKey !== null && identity(oldKey) === identity(newKey))
        emit(newKey, { value, oldValue }, change);
      else {
        emit(oldKey, { value: null, oldValue }, change);
        emit(newKey, { value, oldValue: null }, change);
      }
    });
  });
  return new KGroupedTable(repartition(changes, { ...as, value }), as.value);
}
