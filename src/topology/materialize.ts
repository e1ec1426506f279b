import type { Serde } from '../serde/serde.ts';
import { identityOf } from '../state/key-identity.ts';
import type { KeyValueStore } from '../state/store.ts';
import type { Flow } from './flow.ts';
import type { GraphNode } from './graph.ts';
import { Hub } from './hub.ts';
import { KTable } from './k-table.ts';
import type { TableChange } from './records.ts';
import { TableEmitter } from './table-emitter.ts';
import type { TaskScope } from './task-scope.ts';

/** The live half of a table: its rows, and how a change of them gets out. */
export interface LiveTable<K, V> {
  readonly store: KeyValueStore<K, V>;
  readonly emitter: TableEmitter<K, V>;
  readonly scope: TaskScope;
}

/** A table whose rows are in the store that `node` owns. `connect` is called in tasks that have the node. */
export function materialize<K, V>(
  flow: Flow,
  node: GraphNode,
  options: { name: string; key: Serde<K>; value: Serde<V>; connect: (live: LiveTable<K, V>) => void },
): KTable<K, V> {
  const { name, key, value, connect } = options;
  const hub = new Hub<TableChange<K, V>>();
  let store: KeyValueStore<K, V> | undefined;
  flow.connect(node, (scope) => {
    store = scope.store<K, V>(name);
    const emitter = new TableEmitter({
      store,
      hub,
      mode: scope.emit,
      identity: (row) => identityOf(row, key.columns),
      failed: (error, row) => scope.rowFailed(name, error, row),
    });
    if (scope.emit === 'commit')
      scope.onFlush(
        () => emitter.flush(),
        () => emitter.held,
      );
    connect({ store, emitter, scope });
  });
  return new KTable<K, V>({ flow, node, key, value, stores: [name], view: store }, hub);
}
