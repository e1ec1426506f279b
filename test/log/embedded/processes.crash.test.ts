import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts';
import { keyTextOf, readAll, readTo } from '../conformance/support.ts';
import { temporaryLog, temporaryPath } from './temporary-log.ts';

const script = fileURLToPath(new URL('append-numbers.ts', import.meta.url));
const topics = ['odd-sizes', 'plain'];

async function logAt(path: string): Promise<EmbeddedLog> {
  const log = await temporaryLog({}, path);
  await log.createTopics(topics.map((name) => ({ name, partitions: 2 })));
  return log;
}

function start(path: string, count: number): ChildProcess {
  const child = spawn(process.execPath, [script, path, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Reads what it prints, kills it once it has printed so many numbers, and returns the last one. */
async function killedAfter(child: ChildProcess, lines: number): Promise<number> {
  const exited = once(child, 'exit');
  let last = -1;
  let seen = 0;
  if (child.stdout !== null) {
    for await (const line of createInterface(child.stdout)) {
      last = Number(line);
      if (++seen === lines) child.kill('SIGKILL');
    }
  }
  await exited;
  return last;
}

test('a process that is killed while it commits leaves whole transactions, and goes on where it was', async () => {
  const path = temporaryPath();
  await (await logAt(path)).close();
  for (const lines of [1, 40, 7, 120, 300]) {
    const last = await killedAfter(start(path, 1_000_000), lines);
    const log = await temporaryLog({}, path);
    const [committed] = await log.committed('numbers', [{ topic: 'source', partition: 0 }]);
    const count = committed?.offset ?? 0;
    expect(count).toBeGreaterThan(last);
    for (const topic of topics) {
      const numbers = (await readAll(log, topic)).map((one) => Number(keyTextOf(one))).sort((a, b) => a - b);
      expect(numbers).toEqual(Array.from({ length: count }, (_, at) => at));
    }
    await log.close();
    const file = new Database(path);
    expect(file.pragma('integrity_check', { simple: true })).toBe('ok');
    file.close();
  }
});

test('a reader follows another process that appends', async () => {
  const path = temporaryPath();
  const log = await logAt(path);
  const fetcher = log.fetcher();
  const partitions = [0, 1].map((partition) => ({ topic: 'plain', partition }));
  fetcher.assign(partitions.map((partition) => ({ ...partition, offset: 0 })));
  const child = start(path, 2000);
  child.stdout?.resume();
  const records = await readTo(
    fetcher,
    partitions.map((partition) => ({ ...partition, offset: 1000 })),
  );
  const numbers = [...(records.get(0) ?? []), ...(records.get(1) ?? [])].map((one) => Number(keyTextOf(one)));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 2000 }, (_, at) => at));
  await fetcher.close();
});

test('two processes write to one log at a time without losing anything', async () => {
  const path = temporaryPath();
  const log = await logAt(path);
  const child = start(path, 500);
  const exited = once(child, 'exit');
  child.stdout?.resume();
  const producer = await log.producer({});
  let written = 0;
  while (child.exitCode === null) {
    producer.append('plain', 0, { key: Buffer.from('mine'), value: null, timestamp: 1, headers: [] });
    await producer.commit();
    written++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await exited)[0]).toBe(0);
  const keys = (await readAll(log, 'plain')).map(keyTextOf);
  expect(keys.filter((key) => key === 'mine').length).toBe(written);
  expect(new Set(keys.filter((key) => key !== 'mine')).size).toBe(500);
  expect(keys.length).toBe(500 + written);
});
