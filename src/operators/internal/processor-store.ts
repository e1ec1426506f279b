import { failure } from '../../errors.ts';
import type { Serde } from '../../serde/serde.ts';
import type { Entry, KeyValueStore, RangeQuery } from '../../state/store.ts';
import type { Flow } from '../../topology/flow.ts';
import type { TaskScope } from '../../topology/task-scope.ts';
import type { ConnectedStore } from '../key-value-store.ts';
import type { Moment } from './processing-context.ts';

/** A store as a processor sees it: values by key. */
export interface ProcessorStore<K, V> {
  readonly name: string;
  get(key: K): V | undefined;
  /** Null deletes. The row's time is that of the record (or punctuation) at hand, unless it is given. */
  put(key: K, value: V | null, timestamp?: number): void;
  delete(key: K): void;
  /** Rows in key order, as the store was when the iteration began. */
  range(query?: RangeQuery<K>): Iterable<Entry<K, V>>;
}

/**
 * Puts the stores of a processor into the graph, each once, however many processors share it. Returns their names, and
 * how they are opened in a task.
 */
export function connectStores(
  flow: Flow,
  stores: readonly ConnectedStore[],
  keyOfStream: Serde<unknown> | undefined,
): { names: string[]; open: (scope: TaskScope, moment: Moment) => Record<string, ProcessorStore<unknown, unknown>> } {
  for (const declared of stores) {
    if (flow.connected.has(declared)) continue;
    const { name, value } = declared;
    const key = declared.key ?? keyOfStream;
    if (key === undefined) throw failure('SERDE_MISSING', { step: `store('${name}')`, part: 'key' });
    flow.connected.set(declared, flow.add({ kind: 'store', name, parents: [], store: { name, key, value } }));
  }
  const names = stores.map(({ name }) => name);
  const open = (scope: TaskScope, moment: Moment): Record<string, ProcessorStore<unknown, unknown>> =>
    Object.fromEntries(names.map((name) => [name, processorStore(scope.store(name), moment)]));
  return { names, open };
}

function processorStore<K, V>(store: KeyValueStore<K, V>, moment: Moment): ProcessorStore<K, V> {
  return {
    name: store.name,
    get: (key) => store.get(key)?.value,
    put: (key, value, timestamp = moment.timestamp) => store.put(key, value, timestamp),
    delete: (key) => store.put(key, null, moment.timestamp),
    range: (query) => store.range(query),
  };
}
