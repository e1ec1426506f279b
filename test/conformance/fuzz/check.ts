import { difference } from '../compare.ts';
import { runScenario } from '../interpreter/run.ts';
import type { Scenario } from '../interpreter/scenario.ts';

/**
 * How a scenario differs from its expected outcome; null where it does not. With the setting `compat` nothing may, and
 * without it only what is known to be wrong in Kafka Streams.
 */
export async function check(scenario: Scenario): Promise<string | null> {
  const compat = await run({ ...scenario, compatOnly: true });
  if (compat !== null) return `compat: ${compat}`;
  return scenario.compatOnly === true ? null : await run(scenario);
}

async function run(scenario: Scenario): Promise<string | null> {
  try {
    return difference(scenario, await runScenario(scenario));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
