import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleLines } from '../../src/cli/example-lines.ts';
import { CliBench } from './cli-bench.ts';

const bench = new CliBench();
const file = bench.file('file', 'x');
afterAll(() => bench.remove());

async function said(...argv: string[]): Promise<string> {
  const { code, err } = await bench.run(argv);
  expect(code).toBe(1);
  expect(err).not.toMatch(/\n {4}at /);
  return err.trimEnd().split('\n').at(-1) ?? '';
}

describe('a path with a file where a folder should be', () => {
  it.each([
    [
      'the state of a worker',
      ['run', 'orders', '--until-end', '--state-dir', file],
      /The state file .*file\/orders\/0\.db cannot be opened: ENOTDIR.* Check that/,
    ],
    [
      'the state of a query',
      ['query', 's', '--state-dir', file],
      /^millrace: Cannot read .*\/file: .*ENOTDIR.* part of the path is a file/,
    ],
    ['the state of SQL', ['sql', 'SELECT 1', '--state-dir', file], /^millrace: Cannot read .*\/file: .*ENOTDIR/],
    ['the folder of the demo', ['demo', '--data-dir', file], /^millrace: Cannot make .*\/file\/demo: .*ENOTDIR/],
    ['the log', ['run', 'orders', '--data-dir', file], /^millrace: The log .*\/file\/log\.db cannot be written/],
  ])('%s', async (_what, argv, sentence) => {
    expect(await said(...argv)).toMatch(sentence);
  });
});

describe('an address that cannot be listened on', () => {
  const server = createServer();
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => void server.close());

  it('a port that is taken', async () => {
    expect(await said('run', 'orders', '--http', String(port))).toBe(
      `millrace: Port ${port} is in use by another program. Choose another one with --http.`,
    );
  });

  it('an address of another machine', async () => {
    expect(await said('run', 'orders', '--http', '0', '--http-host', '192.0.2.1')).toMatch(
      /^millrace: HTTP cannot be served on 192\.0\.2\.1:0: .*EADDRNOTAVAIL.* --http-host/,
    );
  });

  it('a name that is none', async () => {
    expect(await said('run', 'orders', '--http', '0', '--http-host', 'nowhere.invalid')).toMatch(
      /^millrace: HTTP cannot be served on nowhere\.invalid:0: .*(ENOTFOUND|EAI_AGAIN).* --http-host/,
    );
  });
});

it('a function of a topology that throws is told with the place in its file', async () => {
  await bench.run(['import', 'shipments', bench.file('shipments.ndjson', exampleLines.shipments)]);
  const text = `import { bytes, mapValues, string, to, topology } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)};
const fail = () => { throw new Error('no such thing'); };
export const failing = topology('failing', (flow) =>
  void flow.stream('shipments', { key: string(), value: bytes() }).pipe(mapValues(fail), to('into', { value: string() })));`;
  const path = bench.file('failing.ts', text);
  const { code, err } = await bench.run(['run', path, '--until-end']);
  expect(code).toBe(1);
  expect(err).toMatch(/^failing: topics that were missing are made: into$/m);
  expect(err).toMatch(
    /^millrace: Processing the record .*: no such thing\. .* It was thrown at \S+failing\.ts:2:28\.$/m,
  );
});

describe('a file that is to export topologies', () => {
  const load = (name: string, text: string) => said('topology', bench.file(name, text));

  it('that throws is told with what it threw', async () => {
    expect(await load('throws.ts', `throw new Error('no such thing');`)).toMatch(
      /^millrace: The topology file \S+throws\.ts cannot be loaded: Error: no such thing \(at .*throws\.ts:1:7\)\. Mend the file\.$/,
    );
  });

  it('that cannot be parsed is told with the place', async () => {
    expect(await load('syntax.ts', 'export const x = ;\n')).toMatch(
      /The topology file \S+syntax\.ts cannot be loaded: .*\(at syntax\.ts:1:\d+\)\. Mend the file\.$/,
    );
  });

  it('that imports what is not there is told with its name', async () => {
    expect(await load('imports.ts', `import 'no-such-package';`)).toMatch(
      /cannot be loaded: .*no-such-package.*\. Mend the file\.$/,
    );
  });

  it('whose topology is wrong has the error of the topology, and the file', async () => {
    const text = `import { topology } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)};
export const empty = topology('empty', () => {});`;
    expect(await load('empty.ts', text)).toMatch(
      /The topology file \S+empty\.ts cannot be loaded: Topology 'empty' reads no topic.*$/,
    );
  });

  it.each([
    ['a step without its group', `count('counts')`],
    ['a number in place of a window', `groupByKey(), windowedBy(1000), count('counts')`],
    ['a step without its name', `groupBy((value) => value, { key: string() }), count('counts')`],
  ])('that the compiler would have refused names it: %s', async (_, steps) => {
    const text = `import { count, groupBy, groupByKey, string, topology, windowedBy } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)};
export const wrong = topology('wrong', (flow) => void flow.stream('from', { key: string(), value: string() }).pipe(${steps}));`;
    const said = await load('unchecked.ts', text);
    expect(said).toMatch(
      / \(at unchecked\.ts:2:\d+\)\. Mend the file: `npx tsc --noEmit` says what of it does not fit\.$/,
    );
    expect(said).not.toContain('Bug');
  });

  it('that exports none', async () => {
    expect(await load('none.ts', 'export const x = 1;')).toMatch(
      /it exports no topology; export what topology\(…\) gives\. /,
    );
  });

  it('that exports a function instead', async () => {
    expect(await load('maker.ts', 'export const make = () => {};')).toMatch(/it exports no topology: .* is a function/);
  });

  it('that exports one twice, by name and as its default, is one', async () => {
    const text = `import { string, to, topology } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)};
const texts = { key: string(), value: string() };
export const copy = topology('copy', (flow) => void flow.stream('from', texts).pipe(to('into', texts)));
export default copy;`;
    const path = bench.file('twice.ts', text);
    expect(await bench.run(['run', path, '--until-end'])).toMatchObject({ code: 0 });
    expect(await bench.run(['run', path, path, '--until-end'])).toMatchObject({
      code: 2,
      err: expect.stringContaining("topology 'copy' is given twice"),
    });
  });
});
