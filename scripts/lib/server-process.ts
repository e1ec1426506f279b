import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A server that this process started. It dies with this process, however that ends. */
export interface ServerProcess {
  readonly pid: number;
  readonly alive: boolean;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<Ending>;
  /** Asks it to end and waits; after 20 s it is killed. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill9(): Promise<void>;
}

export interface Ending {
  /** `code 1`, `SIGKILL`. */
  readonly how: string;
  readonly logFile: string;
}

export interface SpawnOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  /** File that takes what it prints. */
  readonly logFile: string;
}

export function spawnJava({ args, cwd, logFile }: SpawnOptions): ServerProcess {
  const child = spawn('java', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const guard = guardOf(child);
  child.once('exit', () => guard.kill('SIGKILL'));
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => resolve({ how: signal ?? `code ${code}`, logFile }));
  });
  return {
    pid: child.pid ?? -1,
    get alive() {
      return isAlive(child);
    },
    ended,
    stop: () => end(child, 'SIGTERM'),
    kill9: () => end(child, 'SIGKILL'),
  };
}

/** Waits until `probe` is true; fails when the server ends before, or after `timeoutMs`. */
export async function untilReady(
  server: ServerProcess,
  probe: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await probe().catch(() => false))) {
    if (!server.alive) throw new Error('it ended while it started');
    if (Date.now() > deadline) throw new Error(`it did not answer in ${timeoutMs / 1000} s`);
    await delay(100);
  }
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports: number[] = [];
  for (const server of servers) {
    if (!server.listening) await once(server, 'listening');
    const address = server.address();
    if (address !== null && typeof address === 'object') ports.push(address.port);
  }
  for (const server of servers) server.close();
  return ports;
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (!isAlive(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(timer);
}

/** A shell that reads from this process until it is gone, then ends the server. No exit handler does that after a kill. */
function guardOf(child: ChildProcess): ChildProcess {
  const guard = spawn('sh', ['-c', `cat >/dev/null; kill -9 ${child.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => {}); // No shell (Windows): the server may then outlive a killed parent.
  guard.unref();
  return guard;
}
