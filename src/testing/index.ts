/** What `millrace/testing` gives: topologies run without a broker. */

export { TestInputTopic, type TestInputTopicOptions } from './test-input-topic.ts';
export { TestOutputTopic, type TestRecord } from './test-output-topic.ts';
export { type RestartOptions, type TestDriverOptions, TopologyTestDriver } from './topology-test-driver.ts';
