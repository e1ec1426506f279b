import { expect } from 'vitest';
import { type Flow, type Serde, type Topology, topology } from '../../src/index.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { formatRecord, parseRecords, type Step, stepsOf } from './records-notation.ts';

interface Serdes {
  readonly key: Serde<unknown>;
  readonly value: Serde<unknown>;
}

/** Builds the topology that an example is a part of, and, where it says what comes out, runs it. */
export async function runPart(code: string, part: (flow: Flow) => void): Promise<void> {
  const built = topology('example', part);
  const steps = stepsOf(code);
  if (steps.length === 0) return;
  const driver = await TopologyTestDriver.open(built);
  const outputs = new Map<string, Awaited<ReturnType<typeof driver.output>>>();
  for (const step of steps) {
    if (step.kind === 'out') outputs.set(step.topic, await driver.output(step.topic, serdesOf(built, step.topic)));
  }
  for (const step of steps) await take(step, { driver, built, outputs });
}

async function take(
  step: Step,
  {
    driver,
    built,
    outputs,
  }: {
    driver: TopologyTestDriver;
    built: Topology;
    outputs: ReadonlyMap<string, { readAll(): { key: unknown; value: unknown; timestamp: number }[] }>;
  },
): Promise<void> {
  if (step.kind === 'in') {
    const topic = await driver.input(step.topic, serdesOf(built, step.topic));
    for (const { key, value, timestamp } of parseRecords(step.records)) topic.pipe(key, value, { timestamp });
    await driver.settled();
  } else if (step.kind === 'out') {
    const written = outputs.get(step.topic)?.readAll() ?? [];
    expect(`${step.topic} ${written.map(formatRecord).join(' ')}`).toBe(`${step.topic} ${step.records}`);
  } else if (step.kind === 'dropped') expect(driver.droppedTotal).toBe(step.count);
}

/** Those that the topology reads or writes the topic with. */
function serdesOf({ graph }: Topology, topic: string): Serdes {
  for (const { source, sink, global } of graph.nodes) {
    const end = [source, sink, global && { ...global, ...global.processing?.from }].find(
      (one) => one?.topic === topic || (one !== undefined && 'choice' in one),
    );
    if (end !== undefined) return end;
  }
  throw new Error(`The example has no topic ${topic}`);
}
