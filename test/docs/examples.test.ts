/** Every example of the doc comments of public exports, and of the documentation: compiled in one program, and run. */
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { problemsIn, ROOT, textOf, withProject } from '../../scripts/docs/compiler.ts';
import { markdownExamples } from '../../scripts/docs/markdown-examples.ts';
import { ENTRIES, type PublicExport, publicApi } from '../../scripts/docs/public-api.ts';
import * as cli from '../../src/cli/index.ts';
import * as millrace from '../../src/index.ts';
import * as shop from '../../src/orders/index.ts';
import * as testing from '../../src/testing/index.ts';
import { type ExampleModule, exampleModule, type Given } from './example-module.ts';
import * as preamble from './preamble.ts';
import { runPart } from './run-example.ts';

const VALUES: Readonly<Record<string, object>> = {
  millrace,
  'millrace/testing': testing,
  'millrace/orders': shop,
  'millrace/cli': cli,
};

const folder = join(import.meta.dirname, '.examples');
const work = mkdtempSync(join(tmpdir(), 'millrace-examples-'));
const home = process.cwd();
afterAll(() => {
  process.chdir(home);
  for (const path of [folder, work]) rmSync(path, { recursive: true });
});

const modules = written();
const parts = modules.filter(({ kind }) => kind === 'topology');
/** A file that a page names is a whole program. */
const programs = modules.filter(({ kind, states }) => kind === 'file' || (kind === 'program' && states));

test('all examples compile', () => {
  expect(
    withProject(join(folder, 'tsconfig.json'), (project) =>
      modules.flatMap((module) => {
        const at = join(folder, module.fileName);
        return problemsIn(project, at).map((problem) => `${lineOf(module, problem.pos)}: ${textOf(problem)}`);
      }),
    ),
  ).toEqual([]);
});

test.each(parts)('$place is part of a topology', async (module) => {
  const { example } = await import(join(folder, module.fileName));
  await runPart(module.example.code, example);
});

test.each(programs)('$place runs, and gives what it says', async (module) => {
  process.chdir(work);
  const { example } = await import(join(folder, module.fileName));
  if (module.kind === 'program') await example();
});

function written(): ExampleModule[] {
  const api = withProject(join(ROOT, 'tsconfig.json'), publicApi);
  const found = new Map(
    api
      .flatMap(({ declarations }) => declarations)
      .flatMap(({ examples }) => examples)
      .map((one) => [`${one.file}:${one.line}`, one]),
  );
  const pages = globSync(['README.md', 'docs/*.md'], { cwd: ROOT }).sort();
  const around = { exports: givenBy(api), sources: Object.keys(preamble.sources), folder };
  const made = [...found.values(), ...pages.flatMap(markdownExamples)].map((example, at) =>
    exampleModule(example, at, around),
  );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const { fileName, text } of made) writeFileSync(join(folder, fileName), text);
  const options = { noUnusedLocals: false, noUnusedParameters: false };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.json', compilerOptions: options, include: ['*.ts'] }),
  );
  return made;
}

/** What examples may use: the exports of the entries, those of the preamble. What is no value there is a type. */
function givenBy(api: readonly PublicExport[]): Map<string, Given[]> {
  const entries = Object.entries(ENTRIES).map(([entry, file]): [string, Given[]] => {
    const own = api.filter((one) => one.entry === entry);
    return [file, own.map(({ name }) => ({ name, isType: !(name in (VALUES[entry] ?? {})) }))];
  });
  const given = [...Object.keys(preamble), 'log', 'registry', 'spending'].map((name) => ({ name, isType: false }));
  return new Map([...entries, ['test/docs/preamble.ts', given]]);
}

/** Where a position of a module stands in the documentation. */
function lineOf({ text, headLines, example }: ExampleModule, pos: number): string {
  const line = text.slice(0, pos).split('\n').length - headLines;
  return `${example.file}:${example.line + Math.max(0, line - 1)}`;
}
