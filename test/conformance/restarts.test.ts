import { describe, expect, test } from 'vitest';
import { differences, killed, killedBeforeCheckpoint, stateLost } from './variants.ts';
import { families, vectorsOf } from './vectors.ts';

// On the state file, which takes minutes: `restarts.crash.test.ts`.
describe.each([
  ['killed after each step', killed],
  ['killed before the state has the last commit', killedBeforeCheckpoint],
  ['state lost after each step', stateLost],
])('%s', (_, variant) => {
  test.each(families)('%s', async (family) => {
    expect(await differences(vectorsOf(family), variant)).toEqual([]);
  });
});
