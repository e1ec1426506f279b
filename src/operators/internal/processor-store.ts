import { failure } from '../../errors.ts';
import type { Serde } from '../../serde/serde.ts';
import type { ExpiringStore } from '../../state/expiring-store.ts';
import type { Entry, KeyValueStore, RangeQuery } from '../../state/store.ts';
import { declareExpiry, openExpiry } from '../../topology/expiry.ts';
import type { ConnectedRows, Flow } from '../../topology/flow.ts';
import type { TaskScope } from '../../topology/task-scope.ts';
import type { ConnectedStore } from '../key-value-store.ts';
import type { Moment } from './processing-context.ts';
import { type TimeToLive, timeToLiveOf } from './time-to-live.ts';

/** What a row may be given as it is written. */
export interface RowOptions extends TimeToLive {
  /** Event time, ms. */
  readonly timestamp?: number;
}

/** A store as a processor sees it: values by key. */
export interface ProcessorStore<K, V> {
  readonly name: string;
  get(key: K): V | undefined;
  /**
   * Null deletes. The row's time is that of the record (or punctuation) at hand, unless it is given. Its own time to live,
   * where it has one, counts instead of the store's; Infinity keeps it for ever. A row that has ended already is not
   * written, but dropped and counted. Throws TIME_TO_LIVE_INVALID, TIME_TO_LIVE_UNDECLARED.
   *
   * @example
   * tokens.put(id, token, { timeToLive: minutes(5) });
   */
  put(key: K, value: V | null, at?: number | RowOptions): void;
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
  const connected = stores.map((declared) => {
    const rows = flow.connected.get(declared) ?? connect(flow, declared, keyOfStream);
    flow.connected.set(declared, rows);
    return { name: declared.name, rows };
  });
  const names = stores.map(({ name }) => name);
  const open = (scope: TaskScope, moment: Moment): Record<string, ProcessorStore<unknown, unknown>> =>
    Object.fromEntries(
      connected.map(({ name, rows }) => [name, processorStore(scope.store(name), rows.expiring, moment)]),
    );
  return { names, open };
}

function connect(flow: Flow, declared: ConnectedStore, keyOfStream: Serde<unknown> | undefined): ConnectedRows {
  const { name, value, timeToLive } = declared;
  const key = declared.key ?? keyOfStream;
  if (key === undefined) throw failure('SERDE_MISSING', { step: `store('${name}')`, part: 'key' });
  const node = flow.add({ kind: 'store', name, parents: [], store: { name, key, value } });
  const rows: ConnectedRows = {};
  if (timeToLive === undefined) return rows;
  declareExpiry(flow, { name, key });
  flow.connect(node, (scope) => {
    const store = scope.store(name);
    const expire = (key: unknown, _: unknown, end: number): void => store.put(key, null, end);
    rows.expiring = openExpiry(scope, node, { name, key, timeToLive, expire });
  });
  return rows;
}

function processorStore<K, V>(
  store: KeyValueStore<K, V>,
  expiring: ExpiringStore<K, V> | undefined,
  moment: Moment,
): ProcessorStore<K, V> {
  const put = (key: K, value: V | null, timestamp: number, timeToLive?: number): void => {
    if (expiring !== undefined) expiring.put(key, value, timestamp, timeToLive);
    else if (timeToLive === undefined) store.put(key, value, timestamp);
    else throw failure('TIME_TO_LIVE_UNDECLARED', { store: store.name, timeToLive });
  };
  const putAs = (key: K, value: V | null, { timestamp = moment.timestamp, ...own }: RowOptions): void =>
    put(key, value, timestamp, timeToLiveOf(`A row of store '${store.name}'`, own).timeToLive);
  return {
    name: store.name,
    get: (key) => store.get(key)?.value,
    put: (key, value, at = moment.timestamp) => (typeof at === 'number' ? put(key, value, at) : putAs(key, value, at)),
    delete: (key) => store.put(key, null, moment.timestamp),
    range: (query) => store.range(query),
  };
}
