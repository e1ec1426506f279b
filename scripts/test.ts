/**
 * `npm test`: every check, in the order in which a failure is cheapest to find, and a closing line of what passed. What
 * needs Java is skipped, loudly, where there is none; in CI it is required.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format and lint', 'biome', 'check', '--error-on-warnings', '.'],
  ['layers', 'node', 'scripts/check-layers.ts'],
  ['types', 'tsc', '--noEmit'],
  ['generated schemas', 'node', 'scripts/generate-schemas.ts', '--check'],
  ['reference', 'node', 'scripts/generate-docs.ts', '--check'],
];
const SUITES = ['unit', 'slow'];

const total: Tally = { passed: 0, failed: 0, skipped: 0 };
for (const [name, command, ...args] of CHECKS) add(check(name, command, args));
for (const suite of SUITES) add(runSuite(suite));
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function add(tally: Tally): void {
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
}

function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}

function check(name: string, command: string, args: readonly string[]): Tally {
  const passed = run(command, args);
  process.stdout.write(`${passed ? 'ok' : 'FAILED'}: ${name}\n`);
  return { passed: Number(passed), failed: Number(!passed), skipped: 0 };
}

function runSuite(name: string): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'));
  const report = join(folder, 'report.json');
  try {
    const passed = run('vitest', [
      'run',
      '--project',
      name,
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${report}`,
    ]);
    const tally = readReport(report);
    // An error outside of any test, or no test at all, is a failure too.
    return passed || tally.failed > 0 ? tally : { ...tally, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readReport(path: string): Tally {
  try {
    const report: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const number = (field: string): number => Number(Object(report)[field] ?? 0);
    return {
      passed: number('numPassedTests'),
      failed: number('numFailedTests'),
      skipped: number('numPendingTests') + number('numTodoTests'),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
