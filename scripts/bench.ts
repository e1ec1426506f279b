/**
 * `npm run bench [-- WORKLOAD…]`: Millrace beside Kafka Streams, on one broker in one run, exactly once, one thread each.
 * Measured from outside by the benchmark tool that stands beside the checkout (`../shared/bench`, or $MILLRACE_BENCH).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Result {
  readonly workload: string;
  readonly recordsPerSecond: number;
  readonly secondHalfPerSecond?: number;
  readonly cpuSeconds: number;
  readonly maxRssMb: number;
  readonly digest: string;
  readonly check?: string;
}

const ROOT = join(import.meta.dirname, '..');
const TOOL = process.env['MILLRACE_BENCH'] ?? join(ROOT, '../shared/bench');
const OLIST = join(TOOL, '../data/olist');
const PORT = 19_292;
const WORKLOADS = ['pass', 'count', 'window', 'orders', 'table-join', 'stream-join'];

if (!existsSync(join(TOOL, 'run'))) {
  process.stderr.write(`SKIPPED: no benchmark tool at ${TOOL}; set MILLRACE_BENCH to its folder\n`);
  process.exit(0);
}
const wanted = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
const bootstrap = ['--bootstrap', `127.0.0.1:${PORT}`];
tool('cluster', 'start', String(PORT), join(work, 'broker'));
try {
  tool('load', ...bootstrap, '--olist', OLIST);
  tool('load', ...bootstrap);
  const lines: string[] = [];
  for (const workload of wanted.length > 0 ? wanted : WORKLOADS) lines.push(...compare(workload));
  if (wanted.length === 0 || wanted.includes('orders')) lines.push(embedded());
  process.stdout.write(`\n${header()}\n${lines.join('\n')}\n`);
} finally {
  tool('cluster', 'stop', join(work, 'broker'));
  rmSync(work, { recursive: true, force: true });
}

/** Both systems one after the other, Kafka Streams first; the answers must be the same. */
function compare(workload: string): string[] {
  const theirs = measure('kafka-streams', workload, []);
  const ours = measure('millrace', workload, ['--', join(ROOT, 'bench/program')]);
  const same = theirs.digest === ours.digest;
  if (!same) process.exitCode = 1;
  return [
    row(workload, 'kafka-streams', theirs, ''),
    row(
      workload,
      'millrace',
      ours,
      `${(ours.recordsPerSecond / theirs.recordsPerSecond).toFixed(1)}× ${same ? 'same digest' : 'ANOTHER DIGEST'}`,
    ),
  ];
}

function measure(system: string, workload: string, command: readonly string[]): Result {
  const state = mkdtempSync(join(work, 'state-'));
  const options = ['--guarantee', 'eos', '--threads', '1', '--state', state, '--olist', OLIST, ...bootstrap];
  const line = tool('run', system, workload, ...options, ...command);
  process.stderr.write(line);
  return JSON.parse(line);
}

function embedded(): string {
  const line = execFileSync('node', [join(ROOT, 'bench/embedded.ts'), OLIST], { encoding: 'utf8' });
  process.stderr.write(line);
  return row('orders', 'millrace, embedded log', JSON.parse(line), '');
}

function header(): string {
  return [
    '| workload | system | records/s | second half/s | CPU s | peak MB | digest | against Kafka Streams |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ].join('\n');
}

function row(workload: string, system: string, result: Result, ratio: string): string {
  const number = (value: number | undefined): string =>
    value === undefined ? '' : Math.round(value).toLocaleString('en');
  const { recordsPerSecond, secondHalfPerSecond, cpuSeconds, maxRssMb, digest, check = '' } = result;
  const rates = `${number(recordsPerSecond)} | ${number(secondHalfPerSecond)}`;
  return `| ${workload} | ${system} | ${rates} | ${cpuSeconds.toFixed(1)} | ${maxRssMb} | ${digest} ${check} | ${ratio} |`;
}

function tool(name: string, ...args: string[]): string {
  const { status, stdout } = spawnSync(join(TOOL, name), args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${status}`);
  return stdout;
}
