import { describe, expect, test } from 'vitest';
import { difference } from './compare.ts';
import { Unsupported } from './interpreter/context.ts';
import { runScenario } from './interpreter/run.ts';
import type { Scenario } from './interpreter/scenario.ts';
import { knownGaps } from './known-gaps.ts';
import { families, vectorsOf } from './vectors.ts';

const met = new Set<string>();

/** A line for each scenario that differs from what Kafka Streams printed. */
async function differences(scenarios: readonly Scenario[]): Promise<string[]> {
  const lines: string[] = [];
  for (const scenario of scenarios) {
    const differs = await compared(scenario);
    if (differs !== null) lines.push(`${scenario.name}: ${differs}`);
  }
  return lines;
}

async function compared(scenario: Scenario): Promise<string | null> {
  try {
    return difference(scenario, await runScenario(scenario));
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    met.add(error.op);
    return knownGaps.includes(error.op) ? null : error.message;
  }
}

describe("Kafka Streams' own results", () => {
  test.each(families)('%s', async (family) => {
    expect(await differences(vectorsOf(family))).toEqual([]);
  });

  test('every known gap is one', () => {
    expect(knownGaps.filter((gap) => !met.has(gap))).toEqual([]);
  });
});
