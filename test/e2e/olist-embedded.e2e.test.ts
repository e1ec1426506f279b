import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts';
import { incompatibility } from '../../src/serde/avro/compatibility.ts';
import { openStateReader } from '../../src/state/sqlite/state-reader.ts';
import { readTopic, temporaryFolder } from '../support/embedded.ts';
import { millrace, start } from '../support/millrace.ts';
import { describeWithOlist, olistFile, olistTopics } from '../support/olist.ts';
import { checkStores, checkTopics } from './check-orders.ts';

describeWithOlist('real orders on the embedded log', () => {
  const folder = temporaryFolder();
  const imported = join(folder.path, 'imported');
  const processed = join(folder.path, 'processed');
  const at = (dataDir: string): string[] => ['--data-dir', dataDir];

  beforeAll(async () => {
    for (const topic of olistTopics) await millrace('import', topic, olistFile(topic), ...at(imported));
    cpSync(imported, processed, { recursive: true });
    await millrace('run', 'orders', '--until-end', ...at(processed));
  });
  afterAll(() => folder[Symbol.dispose]());

  test('stores and topics are exact, to the cent', async () => {
    await checkStores(at(processed));
    const log = await openEmbeddedLog(join(processed, 'log.db'));
    await checkTopics(log, log.registry(incompatibility));
    await log.close();
  });

  test('a deleted state file is restored to the same content', async () => {
    const copy = join(folder.path, 'restored');
    cpSync(processed, copy, { recursive: true });
    const dump = (dataDir: string): unknown[] => {
      const state = openStateReader(join(dataDir, 'state/orders/0.db'));
      const rows = ['order-progress', 'order-status', 'user-totals'].map((store) => [...state.range(store, {})]);
      state.close();
      return rows;
    };
    const before = dump(copy);
    rmSync(join(copy, 'state'), { recursive: true });
    await millrace('run', 'orders', '--until-end', ...at(copy));
    expect(dump(copy)).toEqual(before);
  });

  test('ten kills: still exact', async () => {
    const copy = join(folder.path, 'killed');
    cpSync(imported, copy, { recursive: true });
    for (let n = 0; n < 10; n++) {
      const worker = start(
        'run',
        'orders',
        '--commit-interval-ms',
        '20',
        '--checkpoint-interval-ms',
        '50',
        ...at(copy),
      );
      await sleep(600 + Math.random() * 500);
      worker.kill('SIGKILL');
      await worker.finished();
    }
    await millrace('run', 'orders', '--until-end', ...at(copy));
    await checkStores(at(copy));
    const log = await openEmbeddedLog(join(copy, 'log.db'));
    await checkTopics(log, log.registry(incompatibility));
    await log.close();
  });

  test('a state file of another application is refused', async () => {
    const copy = join(folder.path, 'foreign');
    cpSync(imported, copy, { recursive: true });
    cpSync(join(processed, 'state/orders'), join(copy, 'state/other'), { recursive: true });
    const run = await start('run', 'orders', '--until-end', '--application-id', 'other', ...at(copy)).finished();
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/belongs to application 'orders'/);
  });

  test('a bad line is reported with file, line and reason, and stops or is counted', async () => {
    const data = join(folder.path, 'bad');
    const file = join(folder.path, 'bad.ndjson');
    const good = '{"order_id":"o1","user_id":"u1","items":[],"total_amount":1.10,"timestamp":1}';
    writeFileSync(file, [good, good.replace('1.10', '1.105'), '{', good].join('\n'));
    const stopped = await start('import', 'orders', file, ...at(data)).finished();
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toMatch(/bad\.ndjson.*2.*total_amount.*1\.105/s);
    const skipped = await start('import', 'orders', file, '--on-error', 'skip', ...at(data)).finished();
    expect(skipped.code).toBe(0);
    const log = await openEmbeddedLog(join(data, 'log.db'));
    expect((await readTopic(log, 'orders')).length).toBeGreaterThanOrEqual(2);
    await log.close();
  });
});
