import { integer } from '../serde/integer.ts';
import type { Serde } from '../serde/serde.ts';
import { ExpiringStore, type ExpiringStoreOptions } from '../state/expiring-store.ts';
import { timedStore } from '../state/timed-key.ts';
import type { Flow } from './flow.ts';
import type { GraphNode } from './graph.ts';
import type { TaskScope } from './task-scope.ts';

/** The name of the store that says when the rows of a store end. */
export function expiryOf(name: string): string {
  return `${name}-expiry`;
}

/** Gives the rows of the store `name` a time to live: adds the store of their ends to the graph. */
export function declareExpiry<K>(flow: Flow, { name, key }: { name: string; key: Serde<K> }): void {
  const ends = expiryOf(name);
  const retentionMs = Number.POSITIVE_INFINITY;
  const store = timedStore({ name: ends, kind: 'buffer', key, value: integer(), retentionMs });
  flow.add({ kind: 'store', name: ends, parents: [], reads: [name], store });
}

/** Opens the rows of a node's store in a task, which sees to it that they end in time. */
export function openExpiry<K, V>(
  scope: TaskScope,
  node: GraphNode,
  {
    name,
    key,
    timeToLive,
    expire,
  }: { name: string; key: Serde<K> } & Pick<ExpiringStoreOptions<K, V>, 'timeToLive' | 'expire'>,
): ExpiringStore<K, V> {
  const rows = new ExpiringStore<K, V>({
    rows: scope.store(name),
    ends: scope.timedStore(expiryOf(name)),
    key: key.columns,
    timeToLive,
    expire,
    late: () => scope.drop(node, 'expired'),
  });
  scope.expires(rows);
  return rows;
}
