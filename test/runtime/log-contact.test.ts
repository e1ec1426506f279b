import { expect, test, vi } from 'vitest';
import { failure } from '../../src/errors.ts';
import { createWorker, string, to, topology } from '../../src/index.ts';
import type { Log } from '../../src/log/port.ts';
import { LogContact } from '../../src/runtime/log-contact.ts';
import { WorkerMetrics } from '../../src/runtime/metrics.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const text = { key: string(), value: string() };
const copy = topology('copy', (flow) => void flow.stream('in', text).pipe(to('out', text)));

test('silence counts from the time that is set, is told once, and its end is told with how long it took', async () => {
  let silence: ReturnType<Log['silence']> = null;
  const said: string[] = [];
  const metrics = new WorkerMetrics('app');
  const contact = new LogContact({
    log: { kind: 'kafka', silence: () => silence },
    timeoutMs: 5000,
    notify: (line) => said.push(line),
    metrics,
  });
  const look = async (forMs: number | null): Promise<[boolean, number | undefined]> => {
    silence = forMs === null ? null : { forMs, reason: 'connect ECONNREFUSED' };
    contact.look();
    const gauge = await metrics.registry.getSingleMetric('millrace_log_silent_seconds')?.get();
    return [contact.silence !== null, gauge?.values[0]?.value];
  };
  expect(await look(null)).toEqual([false, 0]);
  expect(await look(4900)).toEqual([false, 4]);
  expect(await look(null)).toEqual([false, 0]);
  expect(said).toEqual([]);
  for (const forMs of [5000, 6000, 61_000]) expect(await look(forMs)).toEqual([true, forMs / 1000]);
  expect(said).toEqual([
    'Kafka has not answered for 5 s (connect ECONNREFUSED). Nothing is lost: all goes on by itself when it does. Check that the brokers run and can be reached.',
  ]);
  expect(await look(null)).toEqual([false, 0]);
  expect(said.slice(1)).toEqual(['Kafka answers again, after 61 s.']);
});

test('a worker that begins its work anew says why', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
  await bench.write('in', [['k', 'v']]);
  let refusals = 1;
  const open = bench.log.producer.bind(bench.log);
  vi.spyOn(bench.log, 'producer').mockImplementation(async (options) => {
    const producer = await open(options);
    const commit = producer.commit.bind(producer);
    vi.spyOn(producer, 'commit').mockImplementation(async (offsets) => {
      if (refusals-- > 0) throw failure('TRANSACTION_ABORTED', { reason: 'as asked' });
      return commit(offsets);
    });
    return producer;
  });
  const said: string[] = [];
  const { log, registry } = bench;
  const settings = { stateDir: folder.path, commitIntervalMs: 10 };
  const worker = createWorker({ topology: copy, log, registry, settings, notify: (line) => said.push(line) });
  await worker.start();
  await worker.untilEnd();
  expect(said).toEqual([
    'The worker begins again from its last commit: The transaction was aborted: as asked. Its work is dropped and done again.',
  ]);
  expect((await bench.read('out')).map(({ value }) => value)).toEqual(['v']);
});
