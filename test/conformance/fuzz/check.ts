import { difference } from '../compare.ts';
import { runScenario } from '../interpreter/run.ts';
import type { Scenario } from '../interpreter/scenario.ts';
import { killed, killedBeforeCheckpoint, stateLost, type Variant } from '../variants.ts';

const plain: Variant = { options: () => ({}) };
const restarts: Readonly<Record<string, Variant>> = { killed, killedBeforeCheckpoint, stateLost };

/**
 * How a scenario differs from its expected outcome; null where it does not. With the setting `compat` nothing may, and
 * without it only what is known to be wrong in Kafka Streams. Kills between the steps may change nothing.
 */
export async function check(scenario: Scenario): Promise<string | null> {
  const compat = await run({ ...scenario, compatOnly: true }, plain);
  if (compat !== null) return `compat: ${compat}`;
  const right = scenario.compatOnly === true ? null : await run(scenario, plain);
  if (right !== null) return right;
  for (const [name, variant] of Object.entries(restarts)) {
    const differs = variant.except?.(scenario) === true ? null : await run(scenario, variant);
    if (differs !== null) return `${name}: ${differs}`;
  }
  return null;
}

async function run(scenario: Scenario, { options }: Variant): Promise<string | null> {
  try {
    return difference(scenario, await runScenario(scenario, options(scenario, '')));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
