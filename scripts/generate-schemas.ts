/**
 * Turns `schemas/*.avsc` (one a registry subject) into TypeScript constants, from which the types of values are
 * inferred: `npm run schemas`. With `--check` it writes nothing, and fails where a constant differs from its schema.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SOURCE = 'schemas';
const TARGET = 'src/topologies/schemas';

interface RecordSchema {
  readonly name: string;
  readonly doc?: string;
}

/** The text of each generated file, by its path below the root. */
function generate(): Map<string, string> {
  const sources = readdirSync(join(ROOT, SOURCE)).filter((file) => file.endsWith('.avsc'));
  return new Map(sources.sort().map(generateOne));
}

function generateOne(source: string): [path: string, text: string] {
  const schema: RecordSchema = JSON.parse(readFileSync(join(ROOT, SOURCE, source), 'utf8'));
  const path = `${TARGET}/${kebabCase(schema.name)}.ts`;
  return [path, formatted(path, constant(schema, source))];
}

function constant(schema: RecordSchema, source: string): string {
  const { name, doc = name } = schema;
  return [
    `// Generated from ${SOURCE}/${source} by \`npm run schemas\`: change that file, not this one.`,
    `import type { Infer } from '../../index.ts';\n`,
    `/** ${doc} */`,
    `export const ${name} = ${JSON.stringify(schema)} as const;\n`,
    `/** ${doc} */`,
    `export type ${name} = Infer<typeof ${name}>;\n`,
  ].join('\n');
}

function kebabCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}

function formatted(path: string, text: string): string {
  const biome = join(ROOT, 'node_modules/.bin/biome');
  const run = spawnSync(biome, ['format', `--stdin-file-path=${path}`], { cwd: ROOT, input: text, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`biome could not format ${path}: ${run.stderr}`);
  return run.stdout;
}

/** Files in the target folder that no schema stands behind any more. */
function leftovers(files: ReadonlyMap<string, string>): string[] {
  const folder = join(ROOT, TARGET);
  const present = existsSync(folder) ? readdirSync(folder).map((file) => `${TARGET}/${file}`) : [];
  return present.filter((path) => !files.has(path));
}

function write(files: ReadonlyMap<string, string>): void {
  mkdirSync(join(ROOT, TARGET), { recursive: true });
  for (const path of leftovers(files)) rmSync(join(ROOT, path));
  for (const [path, text] of files) writeFileSync(join(ROOT, path), text);
  process.stderr.write(`${files.size} schemas written to ${TARGET}\n`);
}

function check(files: ReadonlyMap<string, string>): void {
  const current = (path: string): string | undefined =>
    existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : undefined;
  const differing = [...files].filter(([path, text]) => current(path) !== text).map(([path]) => path);
  const wrong = [...differing, ...leftovers(files)];
  for (const path of wrong) process.stderr.write(`${path} differs from its schema. Run: npm run schemas\n`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

const files = generate();
if (process.argv.includes('--check')) check(files);
else write(files);
