import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Scenario } from './interpreter/scenario.ts';

const FOLDER = join(import.meta.dirname, 'vectors');

/** The families of vectors: a file each. */
export const families: readonly string[] = readdirSync(FOLDER).map((file) => basename(file, '.ndjson'));

export const vectorsOf = (family: string): Scenario[] => readScenarios(join(FOLDER, `${family}.ndjson`));

/** Scenarios that once differed: random ones, made small. */
export const regressions = (): Scenario[] => readScenarios(join(import.meta.dirname, 'regressions.ndjson'));

/** A file of scenarios that cannot be read: which, at which line, and why, in a sentence. */
export class UnreadableScenarios extends Error {}

/** The scenarios of a file, one a line. */
export function readScenarios(path: string): Scenario[] {
  return textOf(path)
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : parsed(line, `${path}:${index + 1}`)));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UnreadableScenarios(`${path} cannot be read: ${reasonOf(error)}.`);
  }
}

function parsed(line: string, place: string): Scenario {
  let found: unknown;
  try {
    found = JSON.parse(line);
  } catch (error) {
    throw new UnreadableScenarios(`${place} is not JSON: ${reasonOf(error)}.`);
  }
  const { name, topology, steps } = Object(found) as Partial<Scenario>;
  if (typeof name !== 'string' || !Array.isArray(topology) || !Array.isArray(steps))
    throw new UnreadableScenarios(`${place} is no scenario: it needs a name, a topology and steps.`);
  // What its operators and functions are is checked by running it.
  return found as Scenario;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
