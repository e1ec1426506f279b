import { describe, expect, test } from 'vitest';
import { buildTopology } from '../interpreter/build.ts';
import { familyNames, generate } from './generate.ts';

describe('random scenarios', () => {
  test('the same seed gives the same scenario', () => {
    expect(generate('chained', 7)).toEqual(generate('chained', 7));
    expect(generate('chained', 7)).not.toEqual(generate('chained', 8));
  });

  test.each(familyNames)('of %s make topologies', (family) => {
    for (let seed = 0; seed < 40; seed++) {
      const scenario = generate(family, seed);
      expect(scenario.steps.length).toBeGreaterThan(0);
      expect(buildTopology(scenario).graph.nodes.length).toBeGreaterThan(0);
    }
  });
});
