/** What `millrace/testing` gives: topologies run without a broker. */

export type { ReadOnlySessionStore, ReadOnlyWindowStore } from '../topology/timed-views.ts';
export { MockProcessor } from './mock-processor.ts';
export type { MockPunctuator } from './mock-scope.ts';
export {
  type Comparison,
  type FaultKind,
  type SimulatedInput,
  type SimulatedRecord,
  Simulation,
  type SimulationOptions,
  type SimulationReport,
  simulate,
  simulatedInput,
} from './simulation.ts';
export { TestInputTopic, type TestInputTopicOptions } from './test-input-topic.ts';
export { TestOutputTopic, type TestRecord } from './test-output-topic.ts';
export { type RestartOptions, type TestDriverOptions, TopologyTestDriver } from './topology-test-driver.ts';
