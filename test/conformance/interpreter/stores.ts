import type { TopologyTestDriver } from '../../../src/testing/index.ts';
import type { NodeSpec, Outcome, Scenario, StoreRow } from './scenario.ts';

/** The rows of every named store, as the scenario language shows them. */
export function dumpStores(driver: TopologyTestDriver, scenario: Scenario): Outcome['stores'] {
  const named = scenario.topology.flatMap((node) => (node.store === undefined ? [] : [[node.store, node] as const]));
  return Object.fromEntries(named.map(([name, node]) => [name, rowsOf(driver, name, node)]));
}

function rowsOf(driver: TopologyTestDriver, name: string, node: NodeSpec): StoreRow[] {
  if (node.window !== undefined) return windowRows(driver, name, node.window);
  if (node.versioned !== undefined) return versionRows(driver, name, node.asOf ?? []);
  const rows = [...driver.store<string, unknown>(name).range()];
  const hasTime = node.op !== 'process' && node.op !== 'processValues';
  return rows.map(({ key, value, timestamp }) => ({
    key,
    value: String(value),
    ...(hasTime ? { ts: timestamp } : {}),
  }));
}

function windowRows(driver: TopologyTestDriver, name: string, window: NonNullable<NodeSpec['window']>): StoreRow[] {
  const isSession = 'type' in window && window.type === 'session';
  const rows = driver.timedStore<string, unknown>(name).all();
  const shown = rows.map(({ key: { key, time, order }, value, timestamp }) =>
    isSession
      ? { key, start: order, end: time, value: String(value) }
      : { key, start: time, value: String(value), ts: timestamp },
  );
  if (!isSession) return shown;
  const byStart = (a: StoreRow, b: StoreRow): number => (a.start ?? 0) - (b.start ?? 0);
  return shown.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || byStart(a, b));
}

/** The newest version of each key, then what a look-up at each time sees. */
function versionRows(driver: TopologyTestDriver, name: string, times: readonly number[]): StoreRow[] {
  const newest = [...driver.store<string, unknown>(name).range()];
  const past = driver.timedStore<string, unknown>(`${name}-history`).all();
  const keys = [...new Set([...newest.map(({ key }) => key), ...past.map(({ key }) => key.key)])];
  const versions = driver.versionedStore<string, unknown>(name);
  const seen = keys
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .flatMap((key) =>
      times.flatMap((asOf) => {
        const row = versions.get(key, asOf);
        return row === undefined ? [] : [{ key, asOf, value: String(row.value), ts: row.timestamp }];
      }),
    );
  return [...newest.map(({ key, value, timestamp }) => ({ key, value: String(value), ts: timestamp })), ...seen];
}
