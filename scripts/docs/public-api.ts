import { relative } from 'node:path';
import {
  isClassDeclaration,
  isFunctionDeclaration,
  isInterfaceDeclaration,
  isTypeAliasDeclaration,
  isVariableDeclaration,
  type Node,
} from 'typescript/unstable/ast';
import type { Project } from 'typescript/unstable/sync';
import { declarationsAt, exportsOf, ROOT } from './compiler.ts';
import type { DocComment } from './doc-comment.ts';
import { commentOf, membersOf, signatureOf, typeNamesIn } from './signature.ts';

/** The public entries, as `exports` of package.json has them. */
export const ENTRIES: Readonly<Record<string, string>> = {
  millrace: 'src/index.ts',
  'millrace/testing': 'src/testing/index.ts',
  'millrace/orders': 'src/orders/index.ts',
  'millrace/cli': 'src/cli/index.ts',
};

/** Files of types that signatures mention and users do not: machinery of inference, the inside of a plan. */
const MACHINERY = [
  'src/log/records/fetched-record.ts',
  'src/topology/fitting.ts',
  'src/topology/graph.ts',
  'src/topology/k-grouped.ts',
  'src/topology/pipe.ts',
  'src/topology/subtopologies.ts',
];

export interface PublicExport {
  /** `millrace/testing` */
  readonly entry: string;
  readonly name: string;
  /** A function or constant: it is shown by an example of its own. */
  readonly isCalled: boolean;
  /** One for each overload. */
  readonly declarations: readonly Declaration[];
  /** Types that it mentions and that are no exports themselves: options, for the most part. */
  readonly mentions: readonly Declaration[];
}

export interface Declaration {
  readonly name: string;
  readonly signature: string;
  readonly comment: DocComment | undefined;
  /** Its own examples and those of its members. */
  readonly examples: readonly Example[];
  /** From the root of the project. */
  readonly file: string;
  readonly line: number;
}

export interface Example {
  /** Of which member; undefined for an example of the whole. */
  readonly member?: string;
  readonly code: string;
  readonly file: string;
  /** Where the code begins, from 1. */
  readonly line: number;
}

export function publicApi(project: Project): PublicExport[] {
  const found = Object.entries(ENTRIES).flatMap(([entry, file]) =>
    exportsOf(project, file).map(({ name, nodes }) => ({ entry, name, nodes: shown(nodes) })),
  );
  const known = new Set(found.flatMap(({ nodes }) => nodes.map(placeOf)));
  return found.map(({ entry, name, nodes }) => ({
    entry,
    name,
    isCalled: nodes.some((node) => isFunctionDeclaration(node) || isVariableDeclaration(node)),
    declarations: nodes.map((node) => declaration(project, name, node)),
    mentions: mentionsOf(project, nodes, known),
  }));
}

/** Overloads without their implementation and internal ones; of a merged class and interface the one that has a comment. */
function shown(nodes: readonly Node[]): readonly Node[] {
  const overloads = nodes.filter((node) => isFunctionDeclaration(node) && node.body === undefined);
  if (overloads.length > 0) return overloads.filter((node) => commentOf(node)?.comment.isInternal !== true);
  const documented = nodes.filter((node) => commentOf(node) !== undefined);
  return nodes.length > 1 && documented.length > 0 ? documented : nodes;
}

function declaration(project: Project, name: string, node: Node): Declaration {
  const found = commentOf(node);
  const members = membersOf(project, node);
  const ofMembers = members.flatMap((member) =>
    examplesOf(member.node).map((example) => ({ ...example, member: member.name })),
  );
  return {
    name,
    signature: signatureOf(project, node),
    comment: found?.comment,
    examples: [...examplesOf(node), ...ofMembers],
    file: fileOf(node),
    line: lineAt(node, node.getStart()),
  };
}

function examplesOf(node: Node): Example[] {
  const found = commentOf(node);
  if (found === undefined) return [];
  const begin = lineAt(node, found.pos);
  return found.comment.examples.map(({ code, line }) => ({ code, file: fileOf(node), line: begin + line }));
}

/** Types of the project that the declarations mention, and those that these mention, without the exports. */
function mentionsOf(project: Project, roots: readonly Node[], known: ReadonlySet<string>): Declaration[] {
  const seen = new Set(known);
  const found: Declaration[] = [];
  const queue = [...roots];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const mention of typeNamesIn(node).flatMap((name) => declarationsAt(project, name))) {
      if (!isOwnType(mention) || seen.has(placeOf(mention))) continue;
      seen.add(placeOf(mention));
      found.push(declaration(project, nameOf(mention), mention));
      queue.push(mention);
    }
  }
  return found;
}

/** Helpers of one file are not shown, but for interfaces, from which shown ones may inherit. */
function isOwnType(node: Node): boolean {
  if (!fileOf(node).startsWith('src/') || commentOf(node)?.comment.isInternal === true) return false;
  if (MACHINERY.includes(fileOf(node))) return false;
  return isInterfaceDeclaration(node) || (isTypeAliasDeclaration(node) && isExported(node));
}

function isExported(node: Node): boolean {
  return node.getText().startsWith('export ');
}

function nameOf(node: Node): string {
  const named = isInterfaceDeclaration(node) || isTypeAliasDeclaration(node) || isClassDeclaration(node);
  return named || isVariableDeclaration(node) ? (node.name?.getText() ?? '') : '';
}

function placeOf(node: Node): string {
  return `${fileOf(node)}:${node.pos}`;
}

function fileOf(node: Node): string {
  return relative(ROOT, node.getSourceFile().fileName);
}

function lineAt(node: Node, pos: number): number {
  return node.getSourceFile().text.slice(0, pos).split('\n').length;
}
