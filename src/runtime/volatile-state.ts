import { failure } from '../errors.ts';
import type { Topology } from '../topology/topology.ts';
import type { ResolvedSettings } from './settings.ts';

/** Refuses steps whose state would be lost in a restart, where results are to be exactly once and nobody has asked for it. */
export function refuseVolatileState(
  { name, graph }: Topology,
  { processingGuarantee }: Pick<ResolvedSettings, 'processingGuarantee'>,
): void {
  if (processingGuarantee !== 'exactly_once') return;
  const steps = graph.nodes.filter((node) => node.volatile === 'unsaid').map((node) => `${node.kind} '${node.name}'`);
  if (steps.length > 0) throw failure('STATE_VOLATILE', { topology: name, steps: steps.join(', ') });
}
