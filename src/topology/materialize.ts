import type { Serde } from '../serde/serde.ts';
import { identityOf } from '../state/key-identity.ts';
import type { KeyValueStore } from '../state/store.ts';
import { declareExpiry, openExpiry } from './expiry.ts';
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

export interface MaterializeOptions<K, V> {
  readonly name: string;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** How long rows live, ms; for ever, if not given. */
  readonly timeToLive?: number | undefined;
  /** Called in tasks that have the node. */
  readonly connect: (live: LiveTable<K, V>) => void;
}

/** A table whose rows are in the store that `node` owns. */
export function materialize<K, V>(flow: Flow, node: GraphNode, options: MaterializeOptions<K, V>): KTable<K, V> {
  const { name, key, value, timeToLive = Number.POSITIVE_INFINITY, connect } = options;
  const hasEnds = timeToLive !== Number.POSITIVE_INFINITY;
  if (hasEnds) declareExpiry(flow, { name, key });
  const hub = new Hub<TableChange<K, V>>();
  let store: KeyValueStore<K, V> | undefined;
  flow.connect(node, (scope) => {
    store = scope.store<K, V>(name);
    const expire: LiveTable<K, V>['emitter']['expire'] = (key, row, end) => emitter.expire(key, row, end);
    const emitter: TableEmitter<K, V> = new TableEmitter({
      store,
      expiring: hasEnds ? openExpiry<K, V>(scope, node, { name, key, timeToLive, expire }) : undefined,
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
