/**
 * Simulates faults: `npm run simulation -- --seeds N [--from S] [--only NAME] [--files]`. Seeds are shared out over the
 * scenarios, each with changing inputs. One that fails is printed with the command that runs it again.
 */
import { parseArgs } from 'node:util';
import { Simulation } from '../src/testing/index.ts';
import { type Scenario, scenarios } from '../test/testing/simulation/scenarios.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    only: { type: 'string' },
    files: { type: 'boolean', default: false },
  },
});
const from = Number(values.from);
const count = Number(values.seeds);
/** Seeds that share inputs: their outcome without faults is computed once. */
const SHARED = 20;
/** Every so many runs keep their state in real files. */
const FILES_EVERY = 25;

const chosen = scenarios.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) {
  process.stderr.write(`No scenario '${values.only}'. There are: ${scenarios.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}

let passed = 0;
const failed: string[] = [];
const began = performance.now();
const faults = new Map<string, number>();
let steps = 0;

for (const [index, scenario] of chosen.entries()) {
  const started = performance.now();
  const before = passed;
  // Each scenario has the seeds of its own remainder, so that a seed names its run.
  let current: { set: number; files: boolean; simulation: Simulation } | undefined;
  for (let seed = from; seed < from + count; seed++) {
    if (values.only === undefined && seed % scenarios.length !== index) continue;
    const set = Math.floor(seed / scenarios.length / SHARED);
    const files = values.files || Math.floor(seed / scenarios.length) % FILES_EVERY === 0;
    if (current?.set !== set || current.files !== files)
      current = { set, files, simulation: await open(scenario, set, files) };
    await play(scenario, current.simulation, seed);
  }
  const ms = (performance.now() - started) / Math.max(1, passed - before);
  process.stdout.write(`${scenario.name}: ${passed - before} passed, ${ms.toFixed(1)} ms each\n`);
}

const seconds = ((performance.now() - began) / 1000).toFixed(0);
for (const [fault, times] of [...faults].sort()) process.stdout.write(`${String(times).padStart(6)} × ${fault}\n`);
process.stdout.write(
  `${[...faults.values()].reduce((sum, times) => sum + times, 0)} faults, ${steps} steps, ${seconds} s\n${passed} passed, ${failed.length} failed\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function open({ topology, options }: Scenario, set: number, files: boolean): Promise<Simulation> {
  return Simulation.of(topology, { ...options(set), files });
}

async function play({ name }: Scenario, simulation: Simulation, seed: number): Promise<void> {
  try {
    const report = await simulation.run(seed);
    for (const fault of report.faults) faults.set(fault, (faults.get(fault) ?? 0) + 1);
    steps += report.steps;
    passed++;
  } catch (error) {
    failed.push(`${name} ${seed}`);
    const message = error instanceof Error ? error.message : String(error);
    process.stdout.write(`\n${name}, seed ${seed}: ${failed.length <= 3 ? message : (message.split('\n')[0] ?? '')}\n`);
    const same = `${values.only === undefined ? '' : ` --only ${name}`}${values.files ? ' --files' : ''}`;
    process.stdout.write(`Again: npm run simulation -- --from ${seed} --seeds 1${same}\n`);
  }
}
