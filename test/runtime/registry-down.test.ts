import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { avro, createWorker, string, to, topology } from '../../src/index.ts';
import { ConfluentRegistry } from '../../src/serde/registry/confluent-registry.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const Note = { type: 'record', name: 'Note', fields: [{ name: 'text', type: 'string' }] } as const;
const notes = topology('notes', (flow) => {
  flow.stream('in', { key: string(), value: avro(Note) }).pipe(to('out', { value: avro(Note) }));
});

type Answer = { readonly status: number; readonly body: unknown } | 'hang up';

/** A registry that takes all schemas under id 1, and answers every look-up of an id as it is told. */
let server: Server;
let lookUp: Answer;
let others: Answer | undefined;
let lookUps = 0;
beforeEach(async () => {
  [lookUp, others, lookUps] = [{ status: 200, body: { schema: JSON.stringify(Note) } }, undefined, 0];
  server = createServer((request, response) => {
    const isLookUp = request.url?.startsWith('/schemas/ids/') === true;
    if (isLookUp) lookUps++;
    const answer = isLookUp ? lookUp : (others ?? { status: 200, body: { id: 1, schema: JSON.stringify(Note) } });
    if (answer === 'hang up') request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function started(folder: string) {
  const bench = await LogBench.open(folder, { in: 1, out: 1 });
  const said: string[] = [];
  const worker = createWorker({
    topology: notes,
    log: bench.log,
    registry: new ConfluentRegistry({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, attempts: 2 }),
    settings: { stateDir: folder, commitIntervalMs: 10 },
    notify: (text) => said.push(text),
  });
  // Written with a schema that the worker has never met: it asks for id 7.
  const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), Buffer.from([2]), Buffer.from('a')]);
  return { bench, worker, said, write: () => bench.write('in', [['k', framed]]) };
}

describe('a registry', () => {
  test('that is down at the start is named, with its address', async () => {
    using folder = temporaryFolder();
    others = 'hang up';
    const { worker } = await started(folder.path);
    await expect(worker.start()).rejects.toThrow(/^The schema registry at http:\S+ did not answer \(.*2 attempts\)\. /);
  });

  test('that is down in the middle is waited for, which is told once, and nothing is lost', async () => {
    using folder = temporaryFolder();
    lookUp = { status: 500, body: { message: 'out of order' } };
    const { bench, worker, said, write } = await started(folder.path);
    await worker.start();
    await write();
    await expect.poll(() => lookUps, { timeout: 10_000 }).toBeGreaterThan(5);
    lookUp = { status: 200, body: { schema: JSON.stringify(Note) } };
    await worker.untilEnd();
    expect(said).toEqual([
      expect.stringMatching(/^The worker begins again from its last commit: The schema registry .*out of order/),
    ]);
    expect(await bench.read('out')).toHaveLength(1);
  });

  test('that refuses in the middle ends the worker, with what it said', async () => {
    using folder = temporaryFolder();
    lookUp = { status: 401, body: { error_code: 401, message: 'Unauthorized' } };
    const { bench, worker, write } = await started(folder.path);
    await worker.start();
    await write();
    await expect(worker.untilEnd()).rejects.toThrow(
      /refused to look up schema 7: .*Unauthorized.*status 401.*Check the URL, the credentials/,
    );
    expect(await bench.log.committed('notes', [{ topic: 'in', partition: 0 }])).toEqual([]);
  });

  test.each([
    [401, 'Unauthorized', /refused to .*status 401/],
    [500, 'broken', /did not answer \(.*broken/],
  ] as const)('that answers %s at the start is named', async (status, message, sentence) => {
    using folder = temporaryFolder();
    others = { status, body: { message } };
    const { worker } = await started(folder.path);
    await expect(worker.start()).rejects.toThrow(sentence);
  });
});
