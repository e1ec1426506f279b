export {
  type TestDriverOptions,
  type TestInputTopic,
  type TestOutputTopic,
  TopologyTestDriver,
} from './topology-test-driver.ts';
