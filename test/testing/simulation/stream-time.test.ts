import { expect, test } from 'vitest';
import { Simulation } from '../../../src/testing/index.ts';
import { scenarios } from './scenarios.ts';

const chosen = scenarios.filter(({ name }) => name === 'stream time');

test.each(['embedded', 'kafka'] as const)('time does not go back, whatever is lost or moved: %s', async (log) => {
  const happened: string[] = [];
  for (const { topology, options } of chosen) {
    for (const set of [0, 1, 2]) {
      const simulation = await Simulation.of(topology, { ...options(set), log });
      for (let seed = 0; seed < 12; seed++) happened.push(...(await simulation.run(seed)).faults);
    }
  }
  expect(happened).toContain('move');
  expect(happened.some((fault) => fault.startsWith('kill'))).toBe(true);
});
