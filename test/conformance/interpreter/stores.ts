import type { TopologyTestDriver } from '../../../src/testing/index.ts';
import type { NodeSpec, Outcome, Scenario, StoreRow } from './scenario.ts';

/** The rows of every named store, as the scenario language shows them. */
export function dumpStores(driver: TopologyTestDriver, scenario: Scenario): Outcome['stores'] {
  const named = scenario.topology.flatMap((node) => (node.store === undefined ? [] : [[node.store, node] as const]));
  return Object.fromEntries(named.map(([name, node]) => [name, rowsOf(driver, name, node)]));
}

function rowsOf(driver: TopologyTestDriver, name: string, node: NodeSpec): StoreRow[] {
  if (node.window !== undefined) return windowRows(driver, name, node.window);
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
