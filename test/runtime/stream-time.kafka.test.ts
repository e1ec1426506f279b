import { expect, test } from 'vitest';
import { createWorker } from '../../src/index.ts';
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts';
import type { Log } from '../../src/log/port.ts';
import { MemoryRegistry } from '../../src/serde/registry/memory-registry.ts';
import { record } from '../log/conformance/record.ts';
import { readAll, textOf } from '../log/conformance/support.ts';
import { temporaryFolder } from '../support/embedded.ts';
import { describeWithKafka } from '../support/kafka-server.ts';
import { times } from './judged-times.ts';

const registry = new MemoryRegistry();

async function write(log: Log, value: string, timestamp: number): Promise<void> {
  const producer = await log.producer({});
  producer.append('in', 0, { ...record('k', value), timestamp });
  await producer.commit();
  await producer.close();
}

describeWithKafka('stream time on Kafka', (kafka) => {
  test.each(['exactly_once', 'at_least_once'] as const)('does not go back without the state: %s', async (guarantee) => {
    const log = await openKafkaLog({ bootstrapServers: [kafka().bootstrapServers], clientId: 'test' });
    await log.createTopics([
      { name: 'in', partitions: 1 },
      { name: 'out', partitions: 1 },
    ]);
    for (const [value, timestamp] of [
      ['a', 1050],
      ['b', 1020],
      ['c', 1100],
    ] as const) {
      // Each worker has a new state file.
      using folder = temporaryFolder();
      await write(log, value, timestamp);
      const settings = { applicationId: guarantee, stateDir: folder.path, processingGuarantee: guarantee };
      const worker = createWorker({ topology: times, log, registry, settings });
      await worker.start();
      await worker.untilEnd();
    }
    const results = ['a in time', 'turn at 1050', 'b late', 'c in time', 'turn at 1100'];
    expect((await readAll(log, 'out')).map(textOf)).toEqual(results);
    await log.deleteTopics(['in', 'out']);
    await log.close();
  });
});
