import { Random } from '../../../src/orders/random.ts';
import type { Scenario } from '../interpreter/scenario.ts';
import { Draft } from './draft.ts';
import { families } from './families.ts';
import { anySteps } from './input.ts';

export const familyNames: readonly string[] = Object.keys(families);

/** A random scenario without its result. The same family and seed always give the same one. */
export function generate(family: string, seed: number): Scenario {
  const make = families[family];
  if (make === undefined) throw new Error(`unknown family ${family}; there are ${familyNames.join(', ')}`);
  const draft = new Draft(new Random(seed * familyNames.length + familyNames.indexOf(family)));
  make(draft);
  return draft.finish(`${family}-${seed}`, anySteps(draft));
}
