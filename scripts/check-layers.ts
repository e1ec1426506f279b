/** Checks who imports whom, as ARCHITECTURE.md has it: `npm run layers`. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What a folder of `src` may import, beside itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  util: [],
  errors: [],
  log: ['errors', 'util', 'serde'],
  serde: ['errors', 'util', 'log'],
  state: ['errors', 'util', 'serde'],
  topology: ['errors', 'util', 'serde', 'state', 'log'],
  operators: ['errors', 'util', 'serde', 'state', 'topology', 'log'],
  runtime: ['errors', 'util', 'serde', 'state', 'topology', 'log'],
  service: ['errors', 'util', 'serde', 'log'],
  query: ['errors', 'util', 'serde', 'state', 'runtime'],
  testing: ['errors', 'util', 'serde', 'state', 'topology', 'log', 'runtime'],
  topologies: ['index'],
  orders: ['index', 'topologies', 'errors', 'util', 'serde', 'log', 'service'],
  cli: [
    'errors',
    'util',
    'serde',
    'state',
    'topology',
    'log',
    'runtime',
    'service',
    'query',
    'orders',
    'topologies',
    'index',
  ],
  index: ['errors', 'serde', 'log', 'state', 'topology', 'operators', 'runtime', 'service'],
};

/** What a folder knows of another one as types only. */
const TYPES_ONLY: Record<string, readonly string[]> = {
  log: ['serde'],
  serde: ['log'],
  topology: ['log'],
  operators: ['log'],
};

/** Packages that only one folder may import. */
const CONFINED: Record<string, readonly string[]> = {
  'better-sqlite3': ['state/sqlite', 'log/embedded'],
  '@platformatic/kafka': ['log/kafka'],
  kafkajs: ['log/kafkajs'],
};

/** Folders that see nothing of the outside: no I/O. */
const PURE = ['topology', 'operators'];

const problems = globSync('src/**/*.ts').flatMap(problemsOf);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`layers: ${problems.length === 0 ? 'in order' : `${problems.length} problems`}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function problemsOf(file: string): string[] {
  return importsOf(file).flatMap(({ target, typesOnly }) => {
    if (target.startsWith('.')) return relativeProblem(file, relative('src', join(dirname(file), target)), typesOnly);
    return packageProblem(file, target);
  });
}

function relativeProblem(file: string, target: string, typesOnly: boolean): string[] {
  const from = layerOf(relative('src', file));
  const to = layerOf(target);
  if (from === to) return [];
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return [`${file}: folder ${from} is not in the layer table`];
  if (!allowed.includes(to))
    return [`${file} imports ${target}: ${from} may import ${allowed.join(', ') || 'nothing'}`];
  if (TYPES_ONLY[from]?.includes(to) && !typesOnly)
    return [`${file} imports ${target}: ${from} knows ${to} as types only`];
  if (PURE.includes(from) && /^(state\/sqlite|state\/memory|log\/(kafka|embedded))/.test(target))
    return [`${file} imports ${target}: ${from} knows no back end`];
  return [];
}

function packageProblem(file: string, target: string): string[] {
  const folders = CONFINED[target];
  const at = relative('src', file);
  if (folders !== undefined && !folders.some((folder) => at.startsWith(`${folder}/`)))
    return [`${file} imports ${target}, which belongs to ${folders.join(' and ')}`];
  if (PURE.includes(layerOf(at)) && target.startsWith('node:'))
    return [`${file} imports ${target}: ${layerOf(at)} does no I/O`];
  return [];
}

function importsOf(file: string): { target: string; typesOnly: boolean }[] {
  const found = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/gms,
  );
  return [...found].map(([, typesOnly, target, dynamic]) => ({
    target: target ?? dynamic ?? '',
    typesOnly: typesOnly !== undefined,
  }));
}

function layerOf(path: string): string {
  const [first = ''] = path.split('/');
  return first.replace(/\.ts$/, '');
}
