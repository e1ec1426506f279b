import { Registry } from 'prom-client';
import { expect, test, vi } from 'vitest';
import { serveWorkers } from '../../src/cli/worker-http.ts';
import { failure } from '../../src/errors.ts';
import { string, to, topology } from '../../src/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const text = { key: string(), value: string() };
const copy = topology('copy', (flow) => void flow.stream('in', text).pipe(to('out', text)));

test('a worker whose log is silent lives, but is not ready, with the reason', async () => {
  using folder = temporaryFolder();
  const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
  const worker = bench.worker(copy);
  await worker.start();
  await worker.ready();
  const stderr = { isTTY: false, write: () => {} };
  const { address, close } = await serveWorkers([worker], {
    host: '127.0.0.1',
    port: 0,
    metrics: new Registry(),
    stderr,
  });
  const health = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${address}/health/${path}`);
    return { status: answer.status, body: await answer.json() };
  };
  expect(await health('ready')).toMatchObject({ status: 200 });
  const silent = vi.spyOn(worker, 'silence', 'get');
  silent.mockReturnValue(failure('LOG_SILENT', { log: 'Kafka', seconds: 12, reason: 'ECONNREFUSED' }));
  expect(await health('ready')).toMatchObject({
    status: 503,
    body: {
      status: 'unavailable',
      workers: { copy: { state: 'running', reason: expect.stringContaining('for 12 s') } },
    },
  });
  expect(await health('live')).toMatchObject({ status: 200 });
  silent.mockRestore();
  expect(await health('ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
  await close();
  await worker.stop();
});
