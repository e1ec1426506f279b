import { once } from 'node:events';
import { createServer } from 'node:net';
import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import type { Ending } from './server-process.ts';

interface Running {
  readonly ended: Promise<Ending>;
  stop(): Promise<void>;
}

/** The values of `--name VALUE` on the command line; ends the process where there is anything else. */
export function options<Name extends string>(...names: readonly Name[]): { readonly [N in Name]?: string } {
  const known = Object.fromEntries(names.map((name) => [name, { type: 'string' }] as const));
  try {
    // Each name has an option that is a text.
    return parseArgs({ args: argv.slice(2), options: known }).values as { [N in Name]?: string };
  } catch (error) {
    return fail(error, 2);
  }
}

/** The number of a port that is free. Ends the process where it is none, or taken. */
export async function freePort(text: string): Promise<number> {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) return fail(`--port is '${text}', but must be a port.`, 2);
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    return fail(isTaken ? `Port ${port} is in use; choose another with --port.` : error, 1);
  }
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Starts a server for a person: prints its address, runs until Ctrl-C, ends it. */
export async function runUntilInterrupted<S extends Running>(
  name: string,
  start: () => Promise<S>,
  describe: (server: S) => string,
): Promise<void> {
  try {
    const server = await start();
    const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    stdout.write(`${describe(server)}\n`);
    stderr.write('Ctrl-C stops it.\n');
    const ending = await Promise.race([interrupted.then(() => undefined), server.ended]);
    if (ending !== undefined) fail(`${name} ended by itself (${ending.how}). Its log: ${ending.logFile}`, 1);
    await server.stop();
  } catch (error) {
    fail(error, 1);
  }
}

function fail(error: unknown, code: number): never {
  stderr.write(`${error instanceof Error ? error.message : error}\n`);
  exit(code);
}
