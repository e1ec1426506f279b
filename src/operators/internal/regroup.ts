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
 * carries both, so that the aggregate never shows the state in between; else the old group is told first. A value of
 * which `select` makes null is in no group.
 */
export function regroup<K, V, K2, V2>(
  source: KTable<K, V>,
  { by, select }: { by: (value: V, key: K) => K2; select?: ((value: V, key: K) => V2 | null) | undefined },
  as: { name: string; key: Serde<K2>; value: Serde<V2> },
): KGroupedTable<K2, V2> {
  const { flow, node: parent } = source.shape;
  const node = flow.add({ kind: 'groupBy', name: as.name, parents: [parent] });
  const value = changeSerde(as.value);
  const identity = (key: K2) => identityOf(key, as.key.columns);
  const changes = new KStream<K2, ValueChange<V2>>({ flow, node, key: as.key, value, keyChanged: true });
  flow.connect(node, () => {
    const emit = (
      key: K2 | null,
      change: ValueChange<V2>,
      of: { timestamp: number; headers: StreamRecord<K, V>['headers'] },
    ) => {
      if (key !== null) changes.hub.emit({ key, value: change, timestamp: of.timestamp, headers: of.headers });
    };
    // Without `select` the values go in as they are.
    const selected = select ?? ((value: V) => value as unknown as V2);
    source.hub.add((change) => {
      // A row that is older than the one that counts changes no group.
      if (change.outOfOrder === true) return;
      const { key } = change;
      const value = change.value === null ? null : selected(change.value, key);
      const oldValue = change.oldValue === null ? null : selected(change.oldValue, key);
      const oldKey = oldValue === null || change.oldValue === null ? null : by(change.oldValue, key);
      const newKey = value === null || change.value === null ? null : by(change.value, key);
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
