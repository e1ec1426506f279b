import { isDeepStrictEqual } from 'node:util';
import type { Outcome, OutputRecord, Scenario, StoreRow } from './interpreter/scenario.ts';

/** How an outcome first differs from the expected one, in a line: steps, then stores, then dropped. Null: not at all. */
export function difference(scenario: Scenario, actual: Outcome): string | null {
  const { expected } = scenario;
  if (expected === undefined) return 'has no expected outcome';
  return inSteps(scenario, expected, actual) ?? inStores(expected, actual) ?? inDropped(expected, actual);
}

function inSteps(scenario: Scenario, expected: Outcome, actual: Outcome): string | null {
  for (const [index, step] of scenario.steps.entries()) {
    const [wanted, found] = [expected.steps[index] ?? {}, actual.steps[index] ?? {}];
    if (isDeepStrictEqual(found, wanted)) continue;
    return `step ${index} ${JSON.stringify(step)}: expected ${records(wanted)}, got ${records(found)}`;
  }
  return null;
}

function inStores(expected: Outcome, actual: Outcome): string | null {
  for (const [name, wanted] of Object.entries(expected.stores)) {
    const found = actual.stores[name] ?? [];
    if (!isDeepStrictEqual(found, wanted)) return `store ${name}: expected ${rows(wanted)}, got ${rows(found)}`;
  }
  return null;
}

function inDropped(expected: Outcome, actual: Outcome): string | null {
  return expected.dropped === actual.dropped ? null : `dropped: expected ${expected.dropped}, got ${actual.dropped}`;
}

function records(step: Outcome['steps'][number]): string {
  const topics = Object.entries(step).map(([topic, written]) => `${topic}: ${written.map(record).join(' ')}`);
  return topics.length === 0 ? 'nothing' : topics.join('; ');
}

function record({ key, value, ts, headers = [] }: OutputRecord): string {
  return [`${key}=${value}@${ts}`, ...headers.map(([name, of]) => `${name}:${of}`)].join('#');
}

function rows(all: readonly StoreRow[]): string {
  return all.length === 0 ? 'no rows' : all.map((row) => Object.values(row).join(',')).join(' ');
}
