/** The compiler's own view of a project, through the API that TypeScript 7 ships (its `unstable` entry, hence the exact version). */
import { join } from 'node:path';
import type { Node, SourceFile } from 'typescript/unstable/ast';
import { API, type Diagnostic, type Symbol as Entity, type Project, SymbolFlags } from 'typescript/unstable/sync';

export const ROOT = join(import.meta.dirname, '../..');

/** Opens the project of a `tsconfig.json`, and closes it when `use` is done. */
export function withProject<T>(config: string, use: (project: Project) => T): T {
  const api = new API({ cwd: ROOT });
  try {
    const project = api.updateSnapshot({ openProject: config }).getProject(config);
    if (project === undefined) throw new Error(`The compiler does not open ${config}`);
    return use(project);
  } finally {
    api.close();
  }
}

/** What a module exports, each followed to where it is declared. */
export function exportsOf(
  project: Project,
  file: string,
): { readonly name: string; readonly nodes: readonly Node[] }[] {
  const { checker } = project;
  const module = checker.getSymbolAtLocation(sourceOf(project, file));
  if (module === undefined) throw new Error(`${file} is no module`);
  return checker.getExportsOfModule(module).map((entity) => ({
    name: entity.name,
    nodes: declarationsOf(project, resolved(project, entity)),
  }));
}

/** Where a name in a type is declared; undefined for what is not declared, such as a type parameter that is inferred. */
export function declarationsAt(project: Project, name: Node): readonly Node[] {
  const entity = project.checker.getSymbolAtLocation(name);
  return entity === undefined ? [] : declarationsOf(project, resolved(project, entity));
}

/** All that is wrong in a file: syntax first, then types. */
export function problemsIn(project: Project, file: string): readonly Diagnostic[] {
  const { program } = project;
  const syntax = program.getSyntacticDiagnostics(file);
  return syntax.length > 0 ? syntax : program.getSemanticDiagnostics(file);
}

/** The whole text of a diagnostic, its reasons indented below it. */
export function textOf({ text, messageChain = [] }: Diagnostic, depth = 0): string {
  return [`${'  '.repeat(depth)}${text}`, ...messageChain.map((part) => textOf(part, depth + 1))].join('\n');
}

function sourceOf(project: Project, file: string): SourceFile {
  const source = project.program.getSourceFile(join(ROOT, file));
  if (source === undefined) throw new Error(`${file} is not in the project`);
  return source;
}

function resolved({ checker }: Project, entity: Entity): Entity {
  return (entity.flags & SymbolFlags.Alias) === 0 ? entity : checker.getAliasedSymbol(entity);
}

function declarationsOf(project: Project, { declarations }: Entity): readonly Node[] {
  return declarations.flatMap((handle) => handle.resolve(project) ?? []);
}
