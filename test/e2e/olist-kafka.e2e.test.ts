import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaServer, startKafka } from '../../scripts/lib/kafka-server.ts';
import { type RegistryServer, startRegistry } from '../../scripts/lib/registry-server.ts';
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts';
import { ConfluentRegistry } from '../../src/serde/registry/confluent-registry.ts';
import { temporaryFolder } from '../support/embedded.ts';
import { millrace, ndjson, start } from '../support/millrace.ts';
import {
  describeWithOlist,
  expectedOrderStatus,
  expectedUserTotals,
  olistFile,
  olistTopics,
} from '../support/olist.ts';
import { pythonWithKafka } from '../support/python.ts';
import { canStartServers } from '../support/servers.ts';
import { checkTopics, expectSame } from './check-orders.ts';

const name = 'real orders on Kafka and a registry, 4 partitions';
if (canStartServers(name)) describeWithOlist(name, suite);

function suite(): void {
  const folder = temporaryFolder();
  let kafka: KafkaServer;
  let registry: RegistryServer;
  const cluster = (): string[] => ['--bootstrap-servers', kafka.bootstrapServers, '--schema-registry', registry.url];
  const stateOf = (worker: string): string[] => ['--state-dir', join(folder.path, worker)];

  beforeAll(async () => {
    [kafka, registry] = await Promise.all([startKafka(), startRegistry()]);
    for (const topic of olistTopics)
      await millrace('import', topic, olistFile(topic), '--partitions', '4', ...cluster());
  });
  afterAll(async () => {
    await kafka.stop();
    await registry.stop();
    folder[Symbol.dispose]();
  });

  test('two workers, one of them killed ten times, come to exact totals and statuses', async () => {
    const steady = start(
      'run',
      'orders',
      '--create-topics',
      '--commit-interval-ms',
      '50',
      ...cluster(),
      ...stateOf('steady'),
    );
    for (let n = 0; n < 10; n++) {
      const killed = start(
        'run',
        'orders',
        '--commit-interval-ms',
        '50',
        '--checkpoint-interval-ms',
        '100',
        ...cluster(),
        ...stateOf('killed'),
      );
      await sleep(900 + Math.random() * 500);
      killed.kill('SIGKILL');
      await killed.finished();
    }
    // Two workers finish it together; neither ends before all is done.
    const other = start('run', 'orders', '--create-topics', '--until-end', ...cluster(), ...stateOf('killed'));
    expect((await other.finished()).code).toBe(0);
    steady.kill('SIGTERM');
    expect((await steady.finished()).code).toBe(0);
    await checkOutputs();
  });

  test('one worker takes all over from both, and its state is exact', async () => {
    for (const [store, expected] of [
      ['user-totals', expectedUserTotals()],
      ['order-status', expectedOrderStatus()],
    ] as const) {
      // One worker takes all over from both, with what its own file has.
      await millrace('run', 'orders', '--create-topics', '--until-end', ...cluster(), ...stateOf('steady'));
      const rows = ndjson(await millrace('query', store, '--format', 'ndjson', ...cluster(), ...stateOf('steady')));
      expect(rows).toHaveLength(expected.size);
      expectSame(new Map(rows.map(({ key, value }) => [String(key), value as Record<string, unknown>])), expected);
    }
  });

  test('an independent client reads the same from the derived topics', () => {
    const python = pythonWithKafka();
    if (python === undefined) return;
    const script = join(import.meta.dirname, '../support/read_topics.py');
    const lines = execFileSync(python, [script, kafka.bootstrapServers, registry.url, 'user-totals', 'order-status'], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    const latest = { 'user-totals': new Map(), 'order-status': new Map() };
    for (const { topic, key, value } of ndjson(lines)) latest[topic as keyof typeof latest].set(key, value);
    expectSame(latest['user-totals'], expectedUserTotals());
    expectSame(latest['order-status'], expectedOrderStatus());
  });

  async function checkOutputs(): Promise<void> {
    const log = await openKafkaLog({ bootstrapServers: [kafka.bootstrapServers], clientId: 'check' });
    await checkTopics(log, new ConfluentRegistry({ url: registry.url }));
    await log.close();
  }
}
