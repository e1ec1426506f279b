import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateFile } from '../../../src/state/sqlite/state-file.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';
import { testInteger } from '../../support/test-serdes.ts';

let directory: TemporaryDirectory;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'thread-1.db');
});
afterEach(() => directory.remove());

describe('rows and checkpoints are of one and the same commit', () => {
  it('after kills at any moment', async () => {
    let before = 0;
    for (let i = 0; i < 8; i++) {
      await commitUntilKilled(1 + i * 3);
      const round = checkWhole();
      expect(round).toBeGreaterThan(before);
      before = round;
    }
  });

  it.each(['rows', 'checkpoints'])('after a kill amid the %s of a commit', async (point) => {
    expect(await once(start(point), 'exit')).toEqual([null, 'SIGKILL']);
    expect(checkWhole()).toBe(10);
  });
});

function start(...point: string[]): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, [join(import.meta.dirname, 'commit-until-killed.ts'), path, ...point], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Kills the process some milliseconds after one of its commits, so that the kills fall all over the next one. */
async function commitUntilKilled(delayMs: number): Promise<void> {
  const child = start();
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  const until = performance.now() + delayMs;
  while (performance.now() < until);
  child.kill('SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
}

/** Gives the number of the last commit in the file. */
function checkWhole(): number {
  const backend = openStateFile({ path, applicationId: 'app' });
  const rounds = backend.checkpoints().map(({ offset }) => offset);
  const [round = 0] = rounds;
  expect(rounds).toEqual([round, round]);
  for (const partition of [0, 1]) {
    const table = backend.table({ name: 'rounds', key: testInteger, value: testInteger }, partition);
    const rows = Array.from(table.range({}), ({ key, value }) => [key, value]);
    const expected = Array.from({ length: 500 }, (_, key) => [key, round]).filter(([key = 0]) => key % 7 !== round % 7);
    expect(rows).toEqual(expected);
  }
  backend.close();
  const db = new Database(path, { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
  return round;
}
