import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Scenario } from './interpreter/scenario.ts';

const FOLDER = join(import.meta.dirname, 'vectors');

/** The families of vectors: a file each. */
export const families: readonly string[] = readdirSync(FOLDER).map((file) => basename(file, '.ndjson'));

export const vectorsOf = (family: string): Scenario[] => readScenarios(join(FOLDER, `${family}.ndjson`));

/** Scenarios that once differed: random ones, made small. */
export const regressions = (): Scenario[] => readScenarios(join(import.meta.dirname, 'regressions.ndjson'));

/** The scenarios of a file, one a line. */
export function readScenarios(path: string): Scenario[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Scenario);
}
