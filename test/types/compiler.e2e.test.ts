import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/embedded.ts';

const root = resolve(import.meta.dirname, '../..');

/** What the compiler prints for these files, and what it counts. */
async function compile(
  folder: string,
  files: readonly string[],
): Promise<{ text: string; count: (what: string) => number }> {
  mkdirSync(folder, { recursive: true });
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { rewriteRelativeImportExtensions: false, typeRoots: [join(root, 'node_modules/@types')] },
    include: [],
    files,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const run = promisify(execFile)(join(root, 'node_modules/.bin/tsc'), [
    '-p',
    folder,
    '--noEmit',
    '--extendedDiagnostics',
  ]);
  const text = await run.then(
    ({ stdout }) => stdout,
    // Errors in the files make it end with one.
    (error: { stdout: string }) => error.stdout,
  );
  return { text, count: (what) => Number(text.match(new RegExp(`${what}:\\s+([0-9.]+)`))?.[1]) };
}

test('a topology of twenty steps costs the type checker next to nothing', async () => {
  using folder = temporaryFolder();
  const base = await compile(`${folder.path}/base`, [join(root, 'src/index.ts')]);
  const steps = await compile(`${folder.path}/steps`, [
    join(root, 'src/index.ts'),
    join(root, 'test/types/twenty-steps.test-d.ts'),
  ]);
  // Some 21 000 when this was written. Time says less: it is of the machine.
  const instantiations = steps.count('Instantiations') - base.count('Instantiations');
  expect(instantiations).toBeGreaterThan(1000);
  expect(instantiations).toBeLessThan(40_000);
  // With all of Millrace's own sources.
  expect(steps.count('Check time')).toBeLessThan(10);
});

test('a wrong order of steps is said in a sentence', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'wrong.mts');
  writeFileSync(
    file,
    `import { count, flatMapValues, type Flow, integer, join, string, suppress, untilWindowCloses } from '${join(root, 'src/index.ts')}';
declare const flow: Flow;
const text = { key: string(), value: string() };
flow.stream('in', text).pipe(count('counts'));
flow.table('in', { ...text, name: 'rows' }).pipe(flatMapValues((value) => [value]));
flow.table('in', { ...text, name: 'more' }).pipe(suppress('final', untilWindowCloses()));
const joiner = (a: string, b: string) => a + b;
flow.stream('in', text).pipe(join(flow.stream('in', text), joiner, { name: 'unbounded' }));
flow.stream('in', text).pipe(join(flow.table('numbered', { ...text, key: integer(), name: 'numbered' }), joiner));
`,
  );
  const { text } = await compile(folder.path, [file]);
  expect(text).toContain(
    `Type 'KStream<string, string>' is not assignable to type '"count takes a group, but this is a stream: put groupByKey() or groupBy() before it"'`,
  );
  expect(text).toContain('"flatMapValues takes a stream, but this is a table: put toStream() before it"');
  expect(text).toContain('untilWindowCloses() needs a table of windows: put windowedBy() before the aggregation');
  expect(text).toContain('the options are { name, within } or { name, before, after }');
  expect(text).toContain('both sides of a join have keys of one type: put selectKey() before it');
  expect(text.match(/wrong\.mts\(\d+,\d+\): error/g)).toHaveLength(5);
});
