import type { TopologyTestDriver } from '../../../src/testing/index.ts';
import type { NodeSpec, Outcome, Scenario, StoreRow } from './scenario.ts';

/** The rows of every named store, as the scenario language shows them. */
export function dumpStores(driver: TopologyTestDriver, scenario: Scenario): Outcome['stores'] {
  const named = scenario.topology.flatMap((node) => (node.store === undefined ? [] : [[node.store, node] as const]));
  return Object.fromEntries(named.map(([name, node]) => [name, rowsOf(driver, name, node)]));
}

function rowsOf(driver: TopologyTestDriver, name: string, node: NodeSpec): StoreRow[] {
  const rows = [...driver.store<string, unknown>(name).range()];
  const hasTime = node.op !== 'process' && node.op !== 'processValues';
  return rows.map(({ key, value, timestamp }) => ({
    key,
    value: String(value),
    ...(hasTime ? { ts: timestamp } : {}),
  }));
}
