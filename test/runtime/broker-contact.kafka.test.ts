import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KafkaServer, startKafka } from '../../scripts/lib/kafka-server.ts';
import { createWorker } from '../../src/index.ts';
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts';
import type { Log } from '../../src/log/port.ts';
import { MemoryRegistry } from '../../src/serde/registry/memory-registry.ts';
import { readTopic, temporaryFolder } from '../support/embedded.ts';
import { inputRows, KEEP, pipeline, TOPICS } from '../support/pipeline.ts';
import { canStartServers } from '../support/servers.ts';

describe.skipIf(!canStartServers('a broker that is away'))('a broker that is away', () => {
  let server: KafkaServer;
  beforeAll(async () => {
    server = await startKafka();
  });
  afterAll(async () => {
    await server?.stop();
    if (server !== undefined) rmSync(server.dir, { recursive: true, force: true });
  });

  async function write(log: Log, rows: readonly (readonly [string, string, number])[]): Promise<void> {
    const producer = await log.producer({});
    for (const [key, value, timestamp] of rows)
      producer.append('in', 0, { key: Buffer.from(key), value: Buffer.from(value), timestamp, headers: [] });
    await producer.commit();
    await producer.close();
  }

  // Seen to hang once in some twenty runs on a machine that was very busy; where, it says now.
  test('is told, once when it goes, be it dead or hung, and once when it is back; nothing is lost', {
    retry: 1,
  }, async () => {
    using folder = temporaryFolder();
    const log = await openKafkaLog({ bootstrapServers: [server.bootstrapServers], clientId: 'contact' });
    await log.deleteTopics(TOPICS).catch(() => {});
    await log.createTopics(TOPICS.map((name) => ({ name, partitions: 1, config: KEEP })));
    const rows = inputRows(3000, 50);
    const said: string[] = [];
    const worker = createWorker({
      topology: pipeline,
      log,
      registry: new MemoryRegistry(),
      settings: { stateDir: join(folder.path, 'state'), contactTimeoutMs: 2000 },
      notify: (text) => said.push(text),
    });
    const within = async <T>(what: string, work: Promise<T>): Promise<T> => {
      const late = new AbortController();
      const tooLong = sleep(60_000, undefined, { signal: late.signal }).then(() => {
        throw new Error(`${what} hangs: ${worker.state}, lag ${worker.lag}, ${worker.silence}, ${said.join(' ')}`);
      });
      tooLong.catch(() => {});
      return Promise.race([work, tooLong]).finally(() => late.abort());
    };
    await within('the start', worker.start());
    await within('the start', worker.ready());
    await within('the first write', write(log, rows.slice(0, 1000)));
    expect(worker.silence).toBeNull();

    await server.kill9();
    await expect
      .poll(() => worker.silence?.message, { timeout: 20_000 })
      .toMatch(/^Kafka has not answered for \d+ s \(.*ECONNREFUSED/);
    expect(worker.state).toBe('running');
    const metric = async () =>
      (await worker.metrics.getSingleMetric('millrace_log_silent_seconds')?.get())?.values[0]?.value;
    await expect.poll(metric, { timeout: 10_000 }).toBeGreaterThan(2);
    server = await startKafka({ dir: server.dir });
    await expect.poll(() => worker.silence, { timeout: 60_000 }).toBeNull();
    await expect.poll(metric, { timeout: 10_000 }).toBe(0);
    await within('the second write', write(log, rows.slice(1000, 2000)));

    process.kill(server.pid, 'SIGSTOP');
    await expect.poll(() => worker.silence?.message, { timeout: 60_000 }).toMatch(/no answer/);
    process.kill(server.pid, 'SIGCONT');
    await expect.poll(() => worker.silence, { timeout: 60_000 }).toBeNull();
    await within('the third write', write(log, rows.slice(2000)));

    await within('the end', worker.untilEnd());
    expect(said.filter((text) => !text.startsWith('The worker begins'))).toEqual([
      expect.stringMatching(/^Kafka has not answered for 2 s .* all goes on by itself/),
      expect.stringMatching(/^Kafka answers again, after \d+ s\.$/),
      expect.stringMatching(/^Kafka has not answered for 2 s /),
      expect.stringMatching(/^Kafka answers again, after \d+ s\.$/),
    ]);
    expect((await within('the reader', readTopic(log, 'copy'))).map(({ value }) => value)).toEqual(
      rows.map(([, value]) => value),
    );
    await within('closing', log.close());
  });
});
