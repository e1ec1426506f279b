/** Runs of a topology over the events of a simulated shop: in the test driver, and by a worker on an embedded log. */
import { join } from 'node:path';
import { EventWriter } from '../../src/cli/event-writer.ts';
import { createWorker, openEmbedded, type Serde, string, type Topology } from '../../src/index.ts';
import type { ShopTopic } from '../../src/orders/events.ts';
import { shopEvents } from '../../src/orders/shop-events.ts';
import type { SimulatedEvent, SimulatedEventOf } from '../../src/orders/simulate.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';

/** The events of one topic, in the order in which they came. */
export function eventsOf<T extends ShopTopic>(events: readonly SimulatedEvent[], topic: T): SimulatedEventOf<T>[] {
  return events.filter((event): event is SimulatedEvent & SimulatedEventOf<T> => event.topic === topic);
}

/** Pipes the events of these topics, one after the other as they came. */
export async function drive(
  topology: Topology,
  topics: readonly ShopTopic[],
  events: readonly SimulatedEvent[],
): Promise<TopologyTestDriver> {
  const driver = await TopologyTestDriver.open(topology);
  const pipes = new Map<string, (event: SimulatedEvent) => void>();
  for (const topic of topics) {
    const value = shopEvents[topic].serde as Serde<unknown>;
    const input = await driver.input(topic, { key: string(), value });
    pipes.set(topic, ({ key, event, timestamp }) => input.pipe(key, event, { timestamp }));
  }
  for (const event of events) pipes.get(event.topic)?.(event);
  return driver;
}

export interface LogRun {
  /** The records of a topic, partition by partition. */
  records<K, V>(topic: string, key: Serde<K>, value: Serde<V>): Promise<{ key: K; value: V | null }[]>;
}

/** Writes the events, lets a worker process them all, and reads what it wrote. */
export async function runOnLog(
  folder: string,
  run: { topology: Topology; events: readonly SimulatedEvent[]; inputs: readonly ShopTopic[]; outputs: string[] },
  look: (run: LogRun) => Promise<void>,
): Promise<void> {
  const engine = await openEmbedded({ path: join(folder, 'log.db') });
  try {
    await engine.log.createTopics([...run.inputs, ...run.outputs].map((name) => ({ name, partitions: 3 })));
    const writer = await EventWriter.open(engine, run.inputs);
    for (const { topic, event } of run.events) if (run.inputs.includes(topic)) writer.write(topic, event);
    await writer.commit();
    await writer.close();
    const settings = { stateDir: join(folder, 'state') };
    const worker = createWorker({ topology: run.topology, ...engine, settings });
    await worker.start();
    await worker.untilEnd();
    await look({ records: (topic, key, value) => read(engine, { topic, key, value }) });
  } finally {
    await engine.close();
  }
}

async function read<K, V>(
  { log, registry }: Pick<Awaited<ReturnType<typeof openEmbedded>>, 'log' | 'registry'>,
  { topic, key, value }: { topic: string; key: Serde<K>; value: Serde<V> },
): Promise<{ key: K; value: V | null }[]> {
  const codecs = {
    key: await key.open({ topic, part: 'key', registry, register: false }),
    value: await value.open({ topic, part: 'value', registry, register: false }),
  };
  const [{ partitions = 0 } = {}] = await log.describeTopics([topic]);
  const ends = await log.offsets(
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
    'stable',
  );
  const open = new Map(ends.filter(({ offset }) => offset > 0).map(({ partition, offset }) => [partition, offset]));
  const fetcher = log.fetcher();
  fetcher.assign([...open.keys()].map((partition) => ({ topic, partition, offset: 0 })));
  const found: { key: K; value: V | null }[] = [];
  while (open.size > 0) {
    for (const { partition, records, position } of await fetcher.poll(1000)) {
      await codecs.value.prepare?.(records);
      for (const { buffer, keyStart, keyEnd, valueStart, valueEnd } of records) {
        found.push({
          key: codecs.key.decode(buffer, keyStart, keyEnd),
          value: valueEnd < 0 ? null : codecs.value.decode(buffer, valueStart, valueEnd),
        });
      }
      if (position >= (open.get(partition) ?? 0)) open.delete(partition);
    }
  }
  await fetcher.close();
  return found;
}

/** The rows that a table's records come to, by the text of their keys. */
export function rowsOf<K, V>(records: readonly { key: K; value: V | null }[]): Record<string, V> {
  const rows = new Map<string, V>();
  for (const { key, value } of records) {
    const text = typeof key === 'string' ? key : JSON.stringify(key);
    if (value === null) rows.delete(text);
    else rows.set(text, value);
  }
  return Object.fromEntries([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));
}
