import { type Topology, topology } from '../../../src/index.ts';
import { aggregations } from './aggregations.ts';
import { Context, type Family, inputsOf } from './context.ts';
import { joins } from './joins.ts';
import { processors } from './processors.ts';
import type { NodeSpec, Scenario } from './scenario.ts';
import { sources } from './sources.ts';
import { stateless } from './stateless.ts';
import { suppression } from './suppress.ts';
import { tables } from './tables.ts';

const ANY: Family = { ...sources, ...aggregations, ...joins, ...processors, ...suppression };

/** The topology that a scenario describes, in Millrace's DSL. Throws Unsupported. */
export function buildTopology(scenario: Scenario): Topology {
  return topology(
    'app',
    (flow) => {
      const context = new Context(flow, scenario);
      for (const node of scenario.topology) build(context, node);
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
