import type { Headers } from '../log/port.ts';
import type { Serde } from '../serde/serde.ts';
import { timedStore } from '../state/timed-key.ts';
import { VersionedStore } from '../state/versioned-store.ts';
import type { Flow } from './flow.ts';
import type { GraphNode, NodeDeclaration } from './graph.ts';
import { Hub } from './hub.ts';
import { KTable, type TableView } from './k-table.ts';
import type { TableChange } from './records.ts';
import type { TaskScope } from './task-scope.ts';
import { versionSerde } from './version-serde.ts';

export interface Versioned {
  /** How far back, from the newest row of the table, one can look, ms; also how late a row may come. */
  readonly retentionMs: number;
}

/** The name of the store that holds a versioned table's older versions. */
export function historyOf(name: string): string {
  return `${name}-history`;
}

/** The live half of a versioned table. A row that is too old is dropped and counted. */
export interface LiveVersionedTable<K, V> {
  put(key: K, value: V | null, timestamp: number, headers: Headers): void;
  readonly scope: TaskScope;
  readonly node: GraphNode;
}

/** Declares the two stores of versions: the node that owns the newest ones, and before it one that owns the older ones. */
export function addVersionedStore<K, V>(
  flow: Flow,
  declaration: Omit<NodeDeclaration, 'store' | 'name'>,
  of: { name: string; key: Serde<K>; value: Serde<V>; retentionMs: number },
): GraphNode {
  const { name, key, value, retentionMs } = of;
  const history = historyOf(name);
  const store = timedStore({ name: history, kind: 'version', key, value: versionSerde(value), retentionMs });
  flow.add({ kind: 'store', name: history, parents: [], store: { ...store, ownedBy: name } });
  return flow.add({
    ...declaration,
    name,
    reads: [...(declaration.reads ?? []), history],
    store: { name, key, value, historyMs: retentionMs },
  });
}

/**
 * A table that keeps the history of its rows. Every row that is stored is passed on, at once, with the newest version as
 * its old value; one that is older than that is marked as out of order.
 */
export function materializeVersioned<K, V>(
  flow: Flow,
  declaration: Omit<NodeDeclaration, 'store' | 'name'>,
  options: {
    name: string;
    key: Serde<K>;
    value: Serde<V>;
    versioned: Versioned;
    connect: (live: LiveVersionedTable<K, V>) => void;
  },
): KTable<K, V> {
  const { name, key, value, connect } = options;
  const { retentionMs } = options.versioned;
  const history = historyOf(name);
  const node = addVersionedStore(flow, declaration, { name, key, value, retentionMs });
  const hub = new Hub<TableChange<K, V>>();
  let view: TableView<K, V> | undefined;
  flow.connect(node, (scope) => {
    const rows = new VersionedStore<K, V>(scope.store(name), scope.timedStore(history), retentionMs);
    view = { get: (key) => rows.get(key), asOf: (key, time) => rows.get(key, time) };
    connect({
      scope,
      node,
      put: (key, value, timestamp, headers) => {
        const newest = rows.get(key);
        const oldValue = newest?.value ?? null;
        const place = rows.put(key, value, timestamp, newest);
        if (place === 'expired') scope.drop(node, 'older than the history');
        else if (place === 'newest') hub.emit({ key, value, oldValue, timestamp, headers });
        else hub.emit({ key, value, oldValue, timestamp, headers, outOfOrder: true });
      },
    });
  });
  return new KTable<K, V>({ flow, node, key, value, stores: [name, history], view, versioned: true }, hub);
}
