import { type Topology, topology } from '../../../src/index.ts';
import { aggregations } from './aggregations.ts';
import { Context, type Family, inputsOf, type Table } from './context.ts';
import { joins } from './joins.ts';
import { processors } from './processors.ts';
import type { NodeSpec, Scenario } from './scenario.ts';
import { sources } from './sources.ts';
import { stateless } from './stateless.ts';
import { suppression } from './suppress.ts';
import { tables } from './tables.ts';

const ANY: Family = { ...sources, ...aggregations, ...joins, ...processors, ...suppression };

/** Told of each table that a topology has, also while it is only learnt. */
export type Probe = (id: string, table: Table) => void;

/** The topology that a scenario describes, in Millrace's DSL. */
export function buildTopology(scenario: Scenario, probe?: Probe): Topology {
  return topology(
    'app',
    (flow) => {
      const context = new Context(flow, scenario);
      for (const node of scenario.topology) {
        build(context, node);
        if (probe !== undefined && context.has(node.id) && context.isTable(node.id))
          probe(node.id, context.table(node.id));
      }
    },
    { optimization: scenario.optimize === true ? 'all' : 'none' },
  );
}

function build(context: Context, node: NodeSpec): void {
  const [input] = inputsOf(node);
  const family = input !== undefined && context.isTable(input) ? { ...ANY, ...tables } : { ...stateless, ...ANY };
  const make = family[node.op];
  if (make === undefined) throw new Error(`unknown op ${node.op}`);
  make(context, node);
}
