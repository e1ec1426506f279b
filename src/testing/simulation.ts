/** The seeded simulation, as `millrace/testing` gives it. */

export type { Comparison } from './simulation/compare.ts';
export type { FaultKind } from './simulation/faults.ts';
export { type SimulatedInput, type SimulatedRecord, simulatedInput } from './simulation/inputs.ts';
export { Simulation, type SimulationOptions, type SimulationReport, simulate } from './simulation/simulate.ts';
