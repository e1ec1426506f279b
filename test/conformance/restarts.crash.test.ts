import { afterAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { differences, killedOnSqlite, readBackFromSqlite } from './variants.ts';
import { families, vectorsOf } from './vectors.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());

describe.each([
  ['SQLite, read back after each step', readBackFromSqlite],
  ['SQLite, killed after each step', killedOnSqlite],
])('%s', (_, variant) => {
  test.each(families)('%s', async (family) => {
    expect(await differences(vectorsOf(family), variant, directory.path)).toEqual([]);
  });
});
