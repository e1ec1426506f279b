import { expect, test } from 'vitest';
import {
  count,
  createWorker,
  groupByKey,
  nullable,
  outerJoin,
  string,
  suppress,
  to,
  topology,
  toStream,
  tumbling,
  untilWindowCloses,
  windowedBy,
} from '../../src/index.ts';
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts';
import type { Log } from '../../src/log/port.ts';
import { MemoryRegistry } from '../../src/serde/registry/memory-registry.ts';
import { record } from '../log/conformance/record.ts';
import { readAll, textOf } from '../log/conformance/support.ts';
import { temporaryFolder } from '../support/embedded.ts';
import { describeWithKafka } from '../support/kafka-server.ts';

const registry = new MemoryRegistry();
const DAY_MS = 86_400_000;

/** The times that its stores keep lie in the past, tomorrow, and at the end of all times. */
const joined = topology('joined', (flow) => {
  const left = flow.stream('a', { key: string(), value: nullable(string()) });
  const right = flow.stream('b', { key: string(), value: string() });
  left.pipe(
    outerJoin(right, (a, b) => `${a}+${b}`, { name: 'all', within: 10 }),
    to('out', { value: string() }),
  );
  right.pipe(groupByKey(), count('living', { timeToLive: DAY_MS }));
  right.pipe(
    groupByKey(),
    windowedBy(tumbling(DAY_MS, { grace: DAY_MS })),
    count('days'),
    suppress('days-final', untilWindowCloses()),
    toStream((_, { key }) => key),
    to('out', { key: string() }),
  );
});

async function write(log: Log, topic: string, value: string | null, timestamp: number): Promise<void> {
  const producer = await log.producer({});
  producer.append(topic, 0, { ...record('k', value ?? ''), ...(value === null && { value: null }), timestamp });
  await producer.commit();
  await producer.close();
}

describeWithKafka('times of stores on Kafka', (kafka) => {
  test('are kept whatever they are, and come back without the state', async () => {
    const log = await openKafkaLog({ bootstrapServers: [kafka().bootstrapServers], clientId: 'test' });
    await log.createTopics(['a', 'b', 'out'].map((name) => ({ name, partitions: 1 })));
    const now = Date.now() - 1000;
    for (const [topic, value, after] of [
      ['a', null, 0],
      ['a', '1', 100],
      ['b', '2', 105],
      ['a', '3', 200],
      ['b', '4', 300],
      ['a', '5', 305],
    ] as const) {
      // Each worker has a new state file.
      using folder = temporaryFolder();
      await write(log, topic, value, now + after);
      const worker = createWorker({ topology: joined, log, registry, settings: { stateDir: folder.path } });
      await worker.start();
      await worker.untilEnd();
    }
    expect((await readAll(log, 'out')).map(textOf)).toEqual(['1+2', '3+null', '5+4']);
    await log.close();
  });
});
