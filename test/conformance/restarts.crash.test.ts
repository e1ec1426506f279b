import { afterAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { differences, killedOnSqlite } from './variants.ts';
import { families, vectorsOf } from './vectors.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());

describe('SQLite, killed after each step', () => {
  test.each(families)('%s', async (family) => {
    expect(await differences(vectorsOf(family), killedOnSqlite(1), directory.path)).toEqual([]);
  });
});
