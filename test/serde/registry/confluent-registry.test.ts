import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfluentRegistry } from '../../../src/serde/registry/confluent-registry.ts';

/** What the server is to answer, in turn; the last answer stays. */
type Answer = (request: IncomingMessage) => { readonly status: number; readonly body: unknown } | 'hang up';

let server: Server;
let requests: IncomingMessage[];
let answers: Answer[];
const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;

beforeEach(async () => {
  requests = [];
  answers = [];
  server = createServer((request, response) => {
    requests.push(request);
    const answer = (answers.length > 1 ? answers.shift() : answers[0])?.(request);
    if (!answer || answer === 'hang up') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const always =
  (status: number, body: unknown): Answer =>
  () => ({ status, body });
const found = always(200, { schema: '"string"' });

test('an id is asked for once, however many ask', async () => {
  answers = [found];
  const registry = new ConfluentRegistry({ url: url() });
  expect(await Promise.all([registry.schema(7), registry.schema(7)])).toEqual(['string', 'string']);
  expect(await registry.schema(7)).toBe('string');
  expect(requests.map((request) => request.url)).toEqual(['/api/schemas/ids/7']);
});

test('an unknown id is asked for again', async () => {
  answers = [always(404, { error_code: 40403, message: 'not there' }), found];
  const registry = new ConfluentRegistry({ url: url() });
  expect(await registry.schema(7)).toBeUndefined();
  expect(await registry.schema(7)).toBe('string');
});

test('a server that answers something else, as JSON, is no registry', async () => {
  answers = [always(200, { status: 'ok' })];
  const registry = new ConfluentRegistry({ url: url() });
  const foreign = /answers, but not as a Confluent-compatible registry/;
  await expect(registry.schema(7)).rejects.toThrow(foreign);
  await expect(registry.latest('notes-value')).rejects.toThrow(foreign);
  await expect(registry.register('notes-value', 'string')).rejects.toThrow(foreign);
});

test('a schema that is no JSON is named', async () => {
  answers = [always(200, { id: 7, schema: 'record Note' })];
  await expect(new ConfluentRegistry({ url: url() }).schema(7)).rejects.toThrow(
    /^The Avro schema with id 7 cannot be used: it is no JSON \(record Note\)/,
  );
});

test('a lost connection and a busy registry are tried again', async () => {
  answers = [() => 'hang up', always(503, { message: 'busy' }), found];
  expect(await new ConfluentRegistry({ url: url() }).schema(7)).toBe('string');
  expect(requests).toHaveLength(3);
});

test('a registry that never answers is an error with the URL and no password', async () => {
  answers = [() => 'hang up'];
  const registry = new ConfluentRegistry({ url: url().replace('://', '://me:secret@'), attempts: 2 });
  const failing = registry.latest('orders-value');
  await expect(failing).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE', retryable: true });
  await expect(failing).rejects.toThrow(`The schema registry at ${url()} did not answer`);
  await expect(failing).rejects.not.toThrow('secret');
  expect(requests).toHaveLength(2);
});

test('a registry that does not answer in time is one too', async () => {
  server.removeAllListeners('request');
  const registry = new ConfluentRegistry({ url: url(), attempts: 1, timeoutMs: 20 });
  await expect(registry.subjects()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
});

test('a refusal is not tried again', async () => {
  answers = [always(401, { error_code: 401, message: 'who are you' })];
  const failing = new ConfluentRegistry({ url: url() }).subjects();
  await expect(failing).rejects.toMatchObject({ code: 'REGISTRY_REFUSED', context: { status: 401 } });
  await expect(failing).rejects.toThrow('refused to list subjects: who are you (status 401)');
  expect(requests).toHaveLength(1);
});

test('user and password come from the URL or the options, a token goes as bearer', async () => {
  answers = [always(200, [])];
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  await new ConfluentRegistry({ url: url().replace('://', '://me:s%3Acret@') }).subjects();
  await new ConfluentRegistry({ url: `${url()}/`, auth: { username: 'you', password: 'p' } }).subjects();
  await new ConfluentRegistry({ url: url(), token: 'abc' }).subjects();
  const headers = requests.map((request) => request.headers.authorization);
  expect(headers).toEqual([basic('me:s:cret'), basic('you:p'), 'Bearer abc']);
});

test('a refused compatibility rule of the registry itself is SCHEMA_INCOMPATIBLE with its reason', async () => {
  answers = [
    (request) => {
      const isLatest = request.method === 'GET' && request.url?.endsWith('/versions/latest');
      if (isLatest) return { status: 200, body: { id: 1, schema: '"int"' } };
      return request.url?.endsWith('/versions')
        ? { status: 409, body: { message: 'not forward compatible' } }
        : { status: 404, body: {} };
    },
  ];
  const failing = new ConfluentRegistry({ url: url() }).register('n-value', 'long');
  await expect(failing).rejects.toMatchObject({ code: 'SCHEMA_INCOMPATIBLE' });
  await expect(failing).rejects.toThrow('the registry says: not forward compatible');
});

test('what is no Avro is said to be of no use', async () => {
  answers = [always(200, { schema: '{}', schemaType: 'JSON' })];
  await expect(new ConfluentRegistry({ url: url() }).schema(7)).rejects.toThrow('with id 7 cannot be used: it is JSON');
});

test.each(['localhost', 'localhost:8081', 'http://'])('%j is no URL and refused at once', (text) => {
  expect(() => new ConfluentRegistry({ url: text })).toThrow(`'${text}' is not the URL of a schema registry`);
});

test('a server that is no registry is told from one', async () => {
  const text = /answers, but not as a Confluent-compatible registry .*\/apis\/ccompat\/v7\?/;
  answers = [always(404, { message: 'no such page' })];
  await expect(new ConfluentRegistry({ url: url() }).register('a-value', 'string')).rejects.toThrow(text);
  answers = [always(200, '<html>')];
  await expect(new ConfluentRegistry({ url: url() }).schema(7)).rejects.toThrow(text);
});
