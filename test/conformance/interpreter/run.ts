import type { Settings } from '../../../src/index.ts';
import type { StateBackend } from '../../../src/state/store.ts';
import { type TestInputTopic, type TestOutputTopic, TopologyTestDriver } from '../../../src/testing/index.ts';
import { buildTopology, type Probe } from './build.ts';
import { text } from './context.ts';
import type { HeaderPairs, Outcome, OutputRecord, Scenario, Step, Text } from './scenario.ts';
import { dumpStores } from './stores.ts';

export interface RunOptions {
  readonly backend?: StateBackend;
  readonly settings?: Settings;
  readonly probe?: Probe;
  /** Called before each step but the first, with its index. */
  readonly between?: (driver: TopologyTestDriver, step: number) => Promise<void>;
}

/** Runs a scenario in the test driver. */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<Outcome> {
  const { backend, between } = options;
  const settings: Settings = { compat: scenario.compatOnly === true ? 'kafka-streams' : 'none', ...options.settings };
  const driver = await TopologyTestDriver.open(buildTopology(scenario, options.probe), {
    settings,
    ...(backend === undefined ? {} : { backend }),
  });
  const run = new Run(driver);
  const steps: Outcome['steps'][number][] = [];
  for (const [index, step] of scenario.steps.entries()) {
    if (index > 0) await between?.(driver, index);
    steps.push(await run.step(step));
  }
  return { steps, stores: dumpStores(driver, scenario), dropped: driver.droppedTotal };
}

class Run {
  readonly #driver: TopologyTestDriver;
  readonly #inputs = new Map<string, TestInputTopic<Text, Text>>();
  readonly #outputs = new Map<string, TestOutputTopic<Text, Text>>();

  constructor(driver: TopologyTestDriver) {
    this.#driver = driver;
  }

  async step(step: Step): Promise<Record<string, OutputRecord[]>> {
    if ('pipe' in step) {
      const { topic, key, value, ts, headers = [] } = step.pipe;
      const input = await this.#input(topic);
      input.pipe(key, value, { timestamp: ts, headers: headers.map(([name, of]) => [name, Buffer.from(of)]) });
    } else this.#driver.advanceWallClockTime(step.advanceWallClock);
    const written: Record<string, OutputRecord[]> = {};
    for (const topic of [...this.#driver.producedTopicNames()].sort()) {
      const records = (await this.#output(topic)).readAll();
      if (records.length > 0) written[topic] = records.map(shown);
    }
    return written;
  }

  async #input(topic: string): Promise<TestInputTopic<Text, Text>> {
    const input = this.#inputs.get(topic) ?? (await this.#driver.input<Text, Text>(topic, { key: text, value: text }));
    this.#inputs.set(topic, input);
    return input;
  }

  async #output(topic: string): Promise<TestOutputTopic<Text, Text>> {
    const output =
      this.#outputs.get(topic) ?? (await this.#driver.output<Text, Text>(topic, { key: text, value: text }));
    this.#outputs.set(topic, output);
    return output;
  }
}

type Read = ReturnType<TestOutputTopic<Text, Text>['readAll']>[number];

function shown({ key, value, timestamp, headers }: Read): OutputRecord {
  const pairs: HeaderPairs = headers.map(([name, of]) => [name, of === null ? 'null' : Buffer.from(of).toString()]);
  return { key, value, ts: timestamp, ...(pairs.length === 0 ? {} : { headers: pairs }) };
}
