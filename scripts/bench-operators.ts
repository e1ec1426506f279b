/**
 * `npm run bench:operators [-- NAME…]`: what each operator costs a record, over a pass from source to sink without it.
 * NAME is an operator's file (`join`) or one case of it (`join/table`). How to read it: `docs/performance.md`.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { casesFor, type NamedCase } from '../bench/operators/all-cases.ts';
import type { Measured, Plan } from '../bench/operators/measure-case.ts';
import type { CaseProfile } from '../bench/operators/profile-case.ts';
import { profileText, table } from '../bench/operators/report.ts';
import { median } from '../bench/operators/spent.ts';

const CHILD = join(import.meta.dirname, '../bench/operators/child.ts');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    memory: { type: 'boolean', default: false },
    records: { type: 'string', default: '30000' },
    'commit-every': { type: 'string', default: '10000' },
    'warm-up': { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    runs: { type: 'string', default: '1' },
    json: { type: 'string' },
    profile: { type: 'string' },
  },
});
const plan: Plan = {
  state: values.memory ? 'memory' : 'sqlite',
  records: Number(values.records),
  commitEvery: Number(values['commit-every']),
  warmUp: Number(values['warm-up']),
  rounds: Number(values.rounds),
};

if (values.profile === undefined) measureAll(casesFor(positionals));
else profile(values.profile);

function measureAll(cases: readonly NamedCase[]): void {
  const results = cases.map(measured);
  process.stdout.write(`${machine()}\n\n${table(results)}\n`);
  if (values.json === undefined) return;
  const about = { machine: machine(), date: new Date().toISOString(), plan };
  writeFileSync(values.json, `${JSON.stringify({ ...about, results }, null, 2)}\n`);
}

/** Of several processes the one in the middle: code may be compiled well in one and not so well in another. */
function measured({ name }: NamedCase): Measured {
  const runs = Array.from({ length: Number(values.runs) }, (): Measured => JSON.parse(child(name)));
  const middle = median(runs.map(({ ns }) => ns));
  const [result] = runs.filter(({ ns }) => ns === middle);
  if (result === undefined) throw new Error(`${name} was not measured`);
  const drops = Object.entries(result.dropped).map(([what, count]) => `, dropped ${count} ${what}`);
  process.stderr.write(`${name}: ${Math.round(result.ns)} ns, ${result.outputs.toFixed(2)} outputs${drops.join('')}\n`);
  return result;
}

function profile(name: string): void {
  const file = `${name.replaceAll('/', '-')}.cpuprofile`;
  // The child wrote it.
  const result = JSON.parse(child(name, file)) as CaseProfile;
  process.stdout.write(`${profileText(result)}\n\n${file}\n`);
}

function child(name: string, ...more: string[]): string {
  const args = ['--expose-gc', CHILD, name, JSON.stringify(plan), ...more];
  return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function machine(): string {
  const { state, records, commitEvery, rounds } = plan;
  const [cpu] = cpus();
  const size = `${rounds} rounds of ${records} records, a commit each ${commitEvery}`;
  return `${cpu?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}; state in ${state}; ${size}`;
}
