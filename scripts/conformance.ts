/** Runs files of scenarios and compares: `npm run conformance -- [--kafka-streams] FILE.ndjson…`. */
import { difference } from '../test/conformance/compare.ts';
import { runScenario } from '../test/conformance/interpreter/run.ts';
import { families, readScenarios, vectorsOf } from '../test/conformance/vectors.ts';

const files = process.argv.slice(2).map((file) => ({ name: file, scenarios: () => readScenarios(file) }));
const visible = families.map((family) => ({ name: family, scenarios: () => vectorsOf(family) }));

let passed = 0;
let failed = 0;
for (const { name, scenarios } of files.length === 0 ? visible : files) {
  for (const scenario of scenarios()) {
    const differs = await runScenario(scenario).then(
      (outcome) => difference(scenario, outcome),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (differs === null) passed++;
    else failed++;
    if (differs !== null) process.stdout.write(`${name}: ${scenario.name}: ${differs}\n`);
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
