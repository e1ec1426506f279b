import { type Flow, integer, nullable, type Serde, string, topology } from '../../src/index.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import type { TopologyOptions } from '../../src/topology/topology.ts';

export const text = nullable(string());

/** A row of input or output: key, value, timestamp. */
export type Row = readonly [key: string | null, value: unknown, timestamp: number];

export interface Run {
  /** Pipes text records and gives what came out of `out`. */
  pipe(topic: string, ...rows: Row[]): Row[];
  /** What a commit lets out. */
  commit(): Row[];
  readonly driver: TopologyTestDriver;
}

/** Runs a topology that writes to the topic `out`, with text keys. */
export async function run(
  inputs: readonly string[],
  build: (flow: Flow) => void,
  {
    out = text,
    emit = 'update',
    ...options
  }: { out?: Serde<unknown>; emit?: 'update' | 'commit' } & TopologyOptions = {},
): Promise<Run> {
  const built = topology('test', build, options);
  const driver = await TopologyTestDriver.open(built, { settings: { emit } });
  const topics = new Map<string, Awaited<ReturnType<typeof driver.input<string | null, unknown>>>>();
  for (const topic of inputs)
    topics.set(topic, await driver.input(topic, { key: text, value: text as Serde<unknown> }));
  const writes = built.graph.nodes.some(({ sink }) => sink?.topic === 'out' || sink?.choice !== undefined);
  const output = writes ? await driver.output('out', { key: text, value: out }) : undefined;
  const written = (): Row[] => output?.readAll().map(({ key, value, timestamp }) => [key, value, timestamp]) ?? [];
  return {
    driver,
    pipe: (topic, ...rows) => {
      for (const [key, value, timestamp] of rows) topics.get(topic)?.pipe(key, value, { timestamp });
      return written();
    },
    commit: () => {
      driver.commit();
      return written();
    },
  };
}

export const number: Serde<unknown> = integer() as Serde<unknown>;
