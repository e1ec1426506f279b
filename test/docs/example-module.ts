import { dirname, relative } from 'node:path';
import { ROOT } from '../../scripts/docs/compiler.ts';
import type { MarkdownExample } from '../../scripts/docs/markdown-examples.ts';
import { ENTRIES, type Example } from '../../scripts/docs/public-api.ts';

export interface Given {
  readonly name: string;
  readonly isType: boolean;
}

/** An example made a module: a part of a topology, the body of a program, or, with a name, a file as it is. */
export interface ExampleModule {
  readonly kind: 'topology' | 'program' | 'file';
  readonly place: string;
  readonly fileName: string;
  readonly text: string;
  /** Lines before those of the example. */
  readonly headLines: number;
  /** Whether it says what comes out. */
  readonly states: boolean;
  readonly example: Example | MarkdownExample;
}

/** What a module may use without an import. */
export interface Surroundings {
  /** Names by the file that exports them; the first that has a name gives it. */
  readonly exports: ReadonlyMap<string, readonly Given[]>;
  readonly sources: readonly string[];
  /** Where the modules are written. */
  readonly folder: string;
}

interface Written {
  readonly body: string;
  /** The imports that the example writes itself. */
  readonly explicit: string;
}

const MAIN = ENTRIES['millrace'] ?? '';
const ENTRY_FILES = Object.values(ENTRIES);
const RESULT = /^(\s*)(.+?);?\s*\/\/ → (.+)$/;
const STATED = /^\s*\/\/ (in|out|dropped)\b|\/\/ → /m;

export function exampleModule(example: Example | MarkdownExample, at: number, around: Surroundings): ExampleModule {
  const named = 'fileName' in example ? example.fileName : undefined;
  const { imports, body } = taken(example.code, around.folder);
  const kind: ExampleModule['kind'] = named !== undefined ? 'file' : kindOf(body, around);
  const head = [...imports, ...importsOf(example, around, { body, explicit: imports.join(' ') })].join(' ');
  const inner = body
    .replaceAll(/^export /gm, '')
    .split('\n')
    .map(withResult)
    .join('\n');
  const opening =
    kind === 'topology'
      ? `export function example(flow: Flow): void { ${sourcesIn(body, around)}{`
      : 'export async function example(): Promise<void> {{';
  const common = { kind, place: `${example.file}:${example.line}`, states: STATED.test(example.code), example };
  if (named !== undefined)
    return { ...common, fileName: named, text: rewritten(example.code, around.folder), headLines: 0 };
  return { ...common, fileName: `example-${at}.ts`, text: `${head}\n${opening}\n${inner}\n}}\n`, headLines: 2 };
}

/** Imports stand in front of the function; where they stood is left an empty line, so that lines keep their numbers. */
function taken(code: string, folder: string): { readonly imports: readonly string[]; readonly body: string } {
  const imports: string[] = [];
  const body = code.replaceAll(/^import [^;]+;/gm, (found) => {
    imports.push(rewritten(found, folder).replaceAll('\n', ' '));
    return found.replaceAll(/[^\n]/g, '');
  });
  return { imports, body };
}

function rewritten(code: string, folder: string): string {
  return code.replaceAll(
    /from '(millrace[^']*)'/g,
    (_, entry: string) => `from '${pathTo(ENTRIES[entry] ?? entry, folder)}'`,
  );
}

function pathTo(file: string, folder: string): string {
  return relative(folder, `${ROOT}/${file}`);
}

function kindOf(body: string, { sources }: Surroundings): 'topology' | 'program' {
  if (/^\s*(const .* = )?await /m.test(body)) return 'program';
  const isPart = sources.some((name) => isTaken(body, name)) || (uses(body, 'flow') && !/\btopology\(/.test(body));
  return isPart ? 'topology' : 'program';
}

function importsOf({ file }: Example, { exports, folder }: Surroundings, { body, explicit }: Written): string[] {
  const own = [...exports.keys()].filter((path) => path !== MAIN && file.startsWith(dirname(path)));
  const given = [
    ...own,
    MAIN,
    ...[...exports.keys()].filter((path) => !own.includes(path) && !ENTRY_FILES.includes(path)),
  ];
  const found = new Map([
    ['Flow', `import type { Flow } from '${pathTo(MAIN, folder)}';`],
    ['deepStrictEqual', "import { deepStrictEqual } from 'node:assert';"],
  ]);
  for (const path of given) {
    for (const { name, isType } of exports.get(path) ?? []) {
      if (found.has(name) || !(uses(body, name) || name === 'sources')) continue;
      found.set(name, `import { ${isType ? 'type ' : ''}${name} } from '${pathTo(path, folder)}';`);
    }
  }
  return [...found].filter(([name]) => !uses(explicit, name)).map(([, statement]) => statement);
}

function sourcesIn(body: string, { sources }: Surroundings): string {
  const taken = sources.filter((name) => isTaken(body, name));
  return taken.map((name) => `const ${name} = sources.${name}(flow); `).join('');
}

/** Used, and not declared by the example itself. */
function isTaken(body: string, name: string): boolean {
  return uses(body, name) && !new RegExp(`\\bconst (\\{[^}]*\\b)?${name}\\b`).test(body);
}

/** Not as a property, nor in the text of a comment. */
function uses(code: string, name: string): boolean {
  const text = code
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/'[^'\n]*'/g, "''")
    .replaceAll('...', ' ');
  return new RegExp(`(?<![.\\w])${name}\\b(?!\\??:)`).test(text);
}

/** `sum(1, 2); // → 3` compares. */
function withResult(line: string): string {
  return line.replace(
    RESULT,
    (_, indent: string, expression: string, value: string) => `${indent}deepStrictEqual(${expression}, ${value});`,
  );
}
