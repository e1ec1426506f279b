import { afterAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import {
  differences,
  killed,
  killedBeforeCheckpoint,
  killedOnSqlite,
  readBackFromSqlite,
  stateLost,
} from './variants.ts';
import { families, vectorsOf } from './vectors.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());

describe.each([
  ['SQLite, read back after each step', readBackFromSqlite],
  ['SQLite, killed now and then', killedOnSqlite(8)],
  ['killed after each step', killed],
  ['killed before the state has the last commit', killedBeforeCheckpoint],
  ['state lost after each step', stateLost],
])('%s', (_, variant) => {
  test.each(families)('%s', async (family) => {
    expect(await differences(vectorsOf(family), variant, directory.path)).toEqual([]);
  });
});
