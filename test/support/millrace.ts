import { spawn } from 'node:child_process';
import { join } from 'node:path';

const BIN = join(import.meta.dirname, '../../bin/millrace.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  finished(): Promise<Finished>;
  /** What it has said so far on stderr. */
  talk(): string;
}

/** Starts the command line as a user would, in a process of its own. */
export function start(...args: string[]): Running {
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, NODE_OPTIONS: '' } });
  const out: Buffer[] = [];
  const talk: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => talk.push(chunk));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(talk).toString() }),
    );
  });
  return {
    pid: child.pid ?? -1,
    kill: (signal) => child.kill(signal),
    finished: () => finished,
    talk: () => Buffer.concat(talk).toString(),
  };
}

/** Runs it to the end; a code other than 0 is an error that shows what it said. */
export async function millrace(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await start(...args).finished();
  if (code !== 0) throw new Error(`millrace ${args.join(' ')} ended with ${code}:\n${stderr}\n${stdout}`);
  return stdout;
}

/** The objects of an NDJSON output. */
export function ndjson(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
