import { afterAll, describe, expect, it } from 'vitest';
import { CliBench } from './cli-bench.ts';

const bench = new CliBench();
afterAll(() => bench.remove());

describe('help and version', () => {
  it('go to stdout, with code 0', async () => {
    const help = await bench.run(['--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    for (const name of ['demo', 'import', 'simulate', 'run', 'query', 'sql', 'topology', 'topics', 'tail']) {
      expect(help.out).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    expect(help.out).toContain('MILLRACE_DATA_DIR');
    expect(await bench.run(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it.each([
    ['run', '--help'],
    ['help', 'run'],
    ['--data-dir', 'x', 'run', '-h'],
  ])('of a command: %s %s', async (...argv) => {
    const { code, out } = await bench.run(argv);
    expect(code).toBe(0);
    expect(out).toContain('--until-end');
    expect(out).toContain('--commit-interval-ms <N>');
    expect(out).toContain('--processing-guarantee <exactly_once|at_least_once>');
    expect(out).toContain('millrace run orders --http 8080');
  });
});

describe('wrong usage has code 2 and says what is meant', () => {
  it.each([
    [[], 'Usage: millrace'],
    [['qery'], 'Did you mean query?'],
    [['query'], "missing required argument 'STORE'"],
    [['query', 's', 'k', 'more'], 'too many arguments'],
    [['run', '--util-end'], 'Did you mean --until-end?'],
    [['run', 'ordrs'], "There is no topology 'ordrs'. Did you mean 'orders'?"],
    [['import', 'ordres', 'x'], "Did you mean 'orders'?"],
    [['run', '--http', 'abc'], '--http is "abc", but must be a whole number from 0 to 65535'],
    [['run', '--http', ''], '--http is "", but must be a whole number from 0 to 65535'],
    [['query', 's', '--format', 'xml'], '--format is "xml", but must be table or ndjson or csv'],
    [['query', 's', 'k', '--from', 'a'], 'a KEY goes with none of'],
    [['topics', '--bootstrap-servers', 'nowhere'], '--bootstrap-servers is "nowhere": write HOST:PORT'],
    [['topics', '--bootstrap-servers', 'a:1'], '--schema-registry URL is needed'],
    [['run', 'orders', './x.ts', '--application-id', 'a b'], '--application-id is "a b": '],
  ])('%j', async (argv, text) => {
    const { code, out, err } = await bench.run(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(text);
  });
});

describe('what is not there has code 1', () => {
  it.each([
    [['query', 'user-totals'], 'There is no state file'],
    [['topics'], 'There is no log'],
    [['run', './none.ts'], 'The file ./none.ts cannot be read: it does not exist'],
    [['import', 'orders', '/none.ndjson'], 'The file /none.ndjson cannot be read'],
  ])('%j', async (argv, text) => {
    const { code, err } = await bench.run(argv);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });
});

describe('options come from flags, then variables, then the config file, then defaults', () => {
  const config = bench.file('millrace.json', '{"format": "mermaid", "http": 5, "untilEnd": true}');
  const bad = bench.file('bad.json', '{"formt": "json"}');

  it('each wins over the next', async () => {
    const asJson = { env: { MILLRACE_FORMAT: 'json' } };
    expect((await bench.run(['topology'])).out).toMatch(/^Topology orders/);
    expect((await bench.run(['topology', '--config', config])).out).toMatch(/^flowchart/);
    expect((await bench.run(['topology', '--config', config], asJson)).out).toMatch(/^\[/);
    expect((await bench.run(['topology', '--config', config, '--format', 'text'], asJson)).out).toMatch(/^Topology/);
    expect((await bench.run(['topology'], { env: { MILLRACE_CONFIG: config } })).out).toMatch(/^flowchart/);
  });

  it('an empty variable counts as none', async () => {
    expect(await bench.run(['topology'], { env: { MILLRACE_FORMAT: '' } })).toMatchObject({ code: 0 });
  });

  it('the error names the source', async () => {
    const wrong = bench.file('wrong.json', '{"limit": true}');
    expect((await bench.run(['query', 's', '--config', wrong])).err).toContain(
      `limit in ${wrong} is true, but must be a whole`,
    );
    const env = { MILLRACE_LIMIT: 'many', MILLRACE_FORMAT: 'x' };
    expect((await bench.run(['query', 's'], { env })).err).toMatch(
      /MILLRACE_LIMIT is "many".*; MILLRACE_FORMAT is "x"/,
    );
  });

  it('a name in the file that nobody knows is refused, and a file that is none', async () => {
    expect((await bench.run(['topology', '--config', bad])).err).toContain(
      "'formt', which is no option; did you mean format?",
    );
    expect((await bench.run(['topology', '--config', bench.file('list.json', '[]')])).err).toContain(
      'must hold one JSON object',
    );
    expect(await bench.run(['topology', '--config', '/none.json'])).toMatchObject({ code: 2 });
  });
});

describe('topology', () => {
  it('describes as JSON, for programs', async () => {
    const { out } = await bench.run(['topology', 'orders', '--format', 'json']);
    expect(JSON.parse(out)).toMatchObject([{ name: 'orders', subtopologies: [{ index: 0 }, { index: 1 }] }]);
  });
});
