import { failure } from '../../errors.ts';
import type { Serde } from '../../serde/serde.ts';
import type { KeyValueStore } from '../../state/store.ts';
import { timedStore } from '../../state/timed-key.ts';
import { VersionedStore, VersionedView } from '../../state/versioned-store.ts';
import { declareExpiry, openExpiry } from '../../topology/expiry.ts';
import type { ConnectedRows, Flow } from '../../topology/flow.ts';
import type { GlobalKTable } from '../../topology/global-table.ts';
import type { GraphNode } from '../../topology/graph.ts';
import type { KTable } from '../../topology/k-table.ts';
import type { TaskScope } from '../../topology/task-scope.ts';
import { SessionView, WindowView } from '../../topology/timed-views.ts';
import { addVersionedStore, historyOf } from '../../topology/versioned-table.ts';
import { unreachable } from '../../util/assert.ts';
import type { ConnectedStore, KeyValueConnection } from '../key-value-store.ts';
import type { TableRows, TableRowsDeclaration } from '../rows-of.ts';
import type { SessionStore, SessionStoreDeclaration } from '../session-store.ts';
import type { ProcessorVersionedStore, VersionedStoreDeclaration } from '../versioned-store.ts';
import type { WindowStore, WindowStoreDeclaration } from '../window-store.ts';
import type { Moment } from './processing-context.ts';
import { type ProcessorStore, processorStore } from './processor-store.ts';

/** What a processor's node must say of its stores, and how they are opened in a task. */
export interface ConnectedStores {
  readonly reads: readonly string[];
  readonly globals?: readonly string[];
  readonly copartitioned?: true;
  readonly beside?: readonly GraphNode[];
  readonly open: (scope: TaskScope, moment: Moment) => Record<string, unknown>;
}

interface Connection {
  /** The stores that it stands for; none of a global table. */
  readonly reads: readonly string[];
  readonly global?: string;
  /** The table that it is. */
  readonly table?: GraphNode;
  readonly open: (scope: TaskScope, moment: Moment) => unknown;
}

/** Puts the stores of a processor into the graph, each once, however many processors share it. */
export function connectStores(
  flow: Flow,
  stores: readonly ConnectedStore[],
  keyOfStream: Serde<unknown> | undefined,
): ConnectedStores {
  const connections = stores.map((declared) => [declared.name, connect(flow, declared, keyOfStream)] as const);
  const globals = connections.flatMap(([, { global }]) => global ?? []);
  const beside = connections.flatMap(([, { table }]) => table ?? []);
  return {
    reads: connections.flatMap(([, { reads }]) => reads),
    ...(globals.length > 0 && { globals }),
    ...(beside.length > 0 && { copartitioned: true as const, beside }),
    open: (scope, moment) => Object.fromEntries(connections.map(([name, { open }]) => [name, open(scope, moment)])),
  };
}

function connect(flow: Flow, declared: ConnectedStore, keyOfStream: Serde<unknown> | undefined): Connection {
  switch (declared.kind) {
    case undefined:
      return connectKeyValue(flow, declared, keyOfStream);
    case 'window-store':
      return connectWindows(flow, declared);
    case 'session-store':
      return connectSessions(flow, declared);
    case 'versioned-store':
      return connectVersioned(flow, declared);
    case 'rows-of':
      return declared.table.kind === 'table'
        ? connectTable(declared, declared.table)
        : connectGlobal(declared, declared.table);
    default:
      return unreachable(declared);
  }
}

/** Runs `add` for the first processor that is connected with the store. */
function once(flow: Flow, declared: ConnectedStore, add: () => void): void {
  if (flow.connected.has(declared)) return;
  flow.connected.set(declared, {});
  add();
}

function connectKeyValue(
  flow: Flow,
  declared: KeyValueConnection,
  keyOfStream: Serde<unknown> | undefined,
): Connection {
  const { name } = declared;
  const rows = flow.connected.get(declared) ?? addKeyValue(flow, declared, declared.key ?? keyOfStream);
  flow.connected.set(declared, rows);
  return {
    reads: [name],
    open: (scope, moment): ProcessorStore<unknown, unknown> => processorStore(scope.store(name), rows.expiring, moment),
  };
}

function addKeyValue(flow: Flow, declared: KeyValueConnection, key: Serde<unknown> | undefined): ConnectedRows {
  const { name, value, timeToLive } = declared;
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

type Windows = WindowStoreDeclaration<unknown, unknown, string>;

function connectWindows(flow: Flow, declared: Windows): Connection {
  const { name, key, value, retention } = declared;
  once(flow, declared, () => {
    const store = timedStore({ name, kind: 'window', key, value, retentionMs: checked(name, retention) });
    flow.add({ kind: 'store', name, parents: [], store });
  });
  const open = (scope: TaskScope, moment: Moment): WindowStore<unknown, unknown> => {
    const rows = scope.timedStore<unknown, unknown>(name);
    return Object.assign(new WindowView(rows, key), {
      put: (key: unknown, value: unknown, start: number, timestamp = moment.timestamp) =>
        rows.put({ key, time: start, order: 0 }, value, timestamp),
    });
  };
  return { reads: [name], open };
}

type Sessions = SessionStoreDeclaration<unknown, unknown, string>;

function connectSessions(flow: Flow, declared: Sessions): Connection {
  const { name, key, value, retention } = declared;
  once(flow, declared, () => {
    const store = timedStore({ name, kind: 'session', key, value, retentionMs: checked(name, retention) });
    flow.add({ kind: 'store', name, parents: [], store });
  });
  const open = (scope: TaskScope): SessionStore<unknown, unknown> => {
    const rows = scope.timedStore<unknown, unknown>(name);
    return Object.assign(new SessionView(rows, key), {
      put: (key: unknown, value: unknown, start: number, end: number) =>
        rows.put({ key, time: end, order: start }, value, end),
    });
  };
  return { reads: [name], open };
}

type Versions = VersionedStoreDeclaration<unknown, unknown, string>;

function connectVersioned(flow: Flow, declared: Versions): Connection {
  const { name, key, value, retention } = declared;
  once(flow, declared, () => {
    const retentionMs = checked(name, retention);
    addVersionedStore(flow, { kind: 'store', parents: [] }, { name, key, value, retentionMs });
  });
  const open = (scope: TaskScope, moment: Moment): ProcessorVersionedStore<unknown, unknown> => {
    const rows = new VersionedStore<unknown, unknown>(scope.store(name), scope.timedStore(historyOf(name)), retention);
    return {
      name,
      get: (key, asOf) => rows.get(key, asOf),
      put: (key, value, timestamp = moment.timestamp) => rows.put(key, value, timestamp) !== 'expired',
      delete: (key, timestamp = moment.timestamp) => {
        const version = rows.get(key, timestamp);
        rows.put(key, null, timestamp);
        return version;
      },
    };
  };
  return { reads: [name, historyOf(name)], open };
}

type Rows = TableRowsDeclaration<unknown, unknown, string>;

function connectTable({ name }: Rows, table: KTable<unknown, unknown>): Connection {
  const { store } = table.shape.node;
  if (store === undefined || store.timed !== undefined)
    throw failure('TABLE_WITHOUT_STORE', { step: `rowsOf('${name}')` });
  const { historyMs } = store;
  const open = (scope: TaskScope): TableRows<unknown, unknown> => {
    const rows = scope.store<unknown, unknown>(store.name);
    if (historyMs === undefined) return readOnly(rows);
    const history = new VersionedView<unknown, unknown>(rows, scope.timedStore(historyOf(store.name)), historyMs);
    return { ...readOnly(rows), get: (key, asOf) => history.get(key, asOf) };
  };
  return { reads: table.shape.stores, table: table.shape.node, open };
}

function connectGlobal(_: Rows, table: GlobalKTable<unknown, unknown>): Connection {
  const { name } = table.shape;
  return { reads: [], global: name, open: (scope) => readOnly(scope.global(name)) };
}

function readOnly(rows: Pick<KeyValueStore<unknown, unknown>, 'name' | 'get' | 'range'>): TableRows<unknown, unknown> {
  return { name: rows.name, get: (key) => rows.get(key), range: (query) => rows.range(query) };
}

function checked(name: string, retention: number): number {
  if (retention >= 0) return retention;
  throw failure('OPTION_INVALID', { step: `store '${name}'`, option: 'retention', given: retention, minimum: 0 });
}
