/** Runs files of scenarios and compares: `npm run conformance -- FILE.ndjson…`. */
import { difference } from '../test/conformance/compare.ts';
import { runScenario } from '../test/conformance/interpreter/run.ts';
import { families, readScenarios, UnreadableScenarios, vectorsOf } from '../test/conformance/vectors.ts';

const visible = families.map((family) => ({ name: family, scenarios: () => vectorsOf(family) }));
const files = read(process.argv.slice(2));

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

/** All of them before the first is run; one that cannot be read ends it with 2. */
function read(paths: readonly string[]): typeof visible {
  try {
    return paths.map((path) => {
      const found = readScenarios(path);
      return { name: path, scenarios: () => found };
    });
  } catch (error) {
    if (!(error instanceof UnreadableScenarios)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
