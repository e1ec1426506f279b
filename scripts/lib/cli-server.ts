import { once } from 'node:events';
import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';

interface Stoppable {
  stop(): Promise<void>;
}

/** The value of `--name VALUE` on the command line. */
export function option(name: string): string | undefined {
  const { values } = parseArgs({ args: argv.slice(2), options: { [name]: { type: 'string' } }, strict: false });
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** Starts a server for a person: prints its address, runs until Ctrl-C, ends it. */
export async function runUntilInterrupted<S extends Stoppable>(
  start: () => Promise<S>,
  describe: (server: S) => string,
): Promise<void> {
  try {
    const server = await start();
    stdout.write(`${describe(server)}\n`);
    stderr.write('Ctrl-C stops it.\n');
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await server.stop();
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : error}\n`);
    exit(1);
  }
}
