import { afterAll, describe, expect, it } from 'vitest';
import { CliBench } from './cli-bench.ts';

const bench = new CliBench();
afterAll(() => bench.remove());

describe('a variable that is no option', () => {
  const run = (name: string, value = 'x') => bench.run(['topology', 'orders'], { env: { [name]: value } });

  it('is told, with the nearest name, and the command goes on', async () => {
    const { code, out, err } = await run('MILLRACE_STATE_FOLDER');
    expect([code, out]).toEqual([0, expect.stringMatching(/^Topology orders/)]);
    expect(err).toBe(
      'millrace: warning: the variable MILLRACE_STATE_FOLDER is no option and has no effect; did you mean MILLRACE_STATE_DIR?\n',
    );
    expect((await run('MILLRACE_QWERTZUIOP')).err).toMatch(/is no option and has no effect\n$/);
  });

  it('is refused where it is a slip of an option: the default would be taken in its place', async () => {
    const { code, out, err } = await run('MILLRACE_BOOTSTRAP_SERVER', 'kafka:9092');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(
      /the variable MILLRACE_BOOTSTRAP_SERVER is no option; did you mean MILLRACE_BOOTSTRAP_SERVERS\?\n$/,
    );
  });

  it.each([
    ['another command has it', 'MILLRACE_ORDERS', '5'],
    ['it is empty', 'MILLRACE_BOOTSTRAP_SERVER', ''],
    ['it is one of the scripts', 'MILLRACE_CACHE', '/x'],
    ['Kubernetes makes it for a service', 'MILLRACE_PORT', 'tcp://10.0.0.1:8080'],
    ['Kubernetes makes it for a service', 'MILLRACE_SERVICE_PORT_HTTP', '8080'],
    ['Kubernetes makes it for a service', 'MILLRACE_PORT_8080_TCP_ADDR', '10.0.0.1'],
  ])('is let be where %s', async (_why, name, value) => {
    expect(await run(name, value)).toMatchObject({ code: 0, err: '' });
  });
});

describe('one file and one environment for all commands', () => {
  const file = bench.file('all.json', '{"format": "mermaid", "limit": 3, "orders": 7, "onError": "skip"}');

  it('a value that is another command’s is none of this one', async () => {
    expect((await bench.run(['topology', 'orders', '--config', file])).out).toMatch(/^flowchart/);
    for (const source of [['--config', file], []]) {
      const env: Record<string, string> = source.length === 0 ? { MILLRACE_FORMAT: 'mermaid' } : {};
      const { code, err } = await bench.run(['query', 'user-totals', ...source], { env });
      expect([code, err]).toEqual([1, expect.stringContaining('There is no state file')]);
    }
  });

  it('a value that no command takes is refused', async () => {
    const wrong = bench.file('xml.json', '{"format": "xml"}');
    expect(await bench.run(['query', 's', '--config', wrong])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`format in ${wrong} is "xml", but must be table or ndjson or csv`),
    });
  });

  it('a flag is always this command’s', async () => {
    expect(await bench.run(['query', 's', '--format', 'mermaid'])).toMatchObject({ code: 2 });
  });

  it('a key of the file that is a variable or a flag by its spelling is told as the name it has there', async () => {
    const flags = bench.file('flags.json', '{"data-dir": "x"}');
    expect((await bench.run(['topics', '--config', flags])).err).toContain(
      "'data-dir', which is no option; did you mean dataDir?",
    );
  });
});
