import {
  isClassDeclaration,
  isConstructorDeclaration,
  isFunctionDeclaration,
  isGetAccessorDeclaration,
  isIdentifier,
  isInterfaceDeclaration,
  isMethodDeclaration,
  isObjectLiteralExpression,
  isPrivateIdentifier,
  isPropertyDeclaration,
  isSetAccessorDeclaration,
  isVariableDeclaration,
  type Node,
} from 'typescript/unstable/ast';
import type { Project } from 'typescript/unstable/sync';
import { type DocComment, parseDocComment } from './doc-comment.ts';

/** A member of a class or interface, as users see it. */
export interface Member {
  readonly name: string;
  readonly node: Node;
  readonly comment: DocComment | undefined;
  /** Its declaration, without its body. */
  readonly signature: string;
}

/** The doc comment in front of a declaration, and where its text begins. */
export function commentOf(node: Node): { readonly comment: DocComment; readonly pos: number } | undefined {
  const owner = isVariableDeclaration(node) ? node.parent.parent : node;
  const jsDoc = owner.jsDoc?.at(-1);
  if (jsDoc === undefined) return undefined;
  const { text } = node.getSourceFile();
  // Before it may stand what was written between two declarations.
  const pos = text.indexOf('/**', jsDoc.pos);
  return { comment: parseDocComment(text.slice(pos, jsDoc.end)), pos };
}

/** What users see of a declaration: no bodies, no internal members; the comments of members stay, but for examples. */
export function signatureOf(project: Project, node: Node): string {
  if (isVariableDeclaration(node)) return `const ${constant(project, node)}`;
  if (!isClassDeclaration(node) && !isInterfaceDeclaration(node)) return bare(headOf(node));
  const text = node.getSourceFile().text;
  const head = bare(text.slice(node.getStart(), node.members.pos));
  return block(head.replace(/\s*\{$/, ''), membersOf(project, node));
}

/** The members of a class, interface or object that users see. */
export function membersOf(project: Project, node: Node): Member[] {
  const shown = nodesIn(node).filter((member) => !isHidden(member));
  return shown.map((member) => ({
    name: nameOf(member)?.getText() ?? '',
    node: member,
    comment: commentOf(member)?.comment,
    signature: memberSignature(project, member),
  }));
}

function nameOf(node: Node): Node | undefined {
  return 'name' in node ? (node.name as Node | undefined) : undefined;
}

/** Private, internal, a setter, which its getter shows, or a constructor: users call functions and static methods. */
function isHidden(node: Node): boolean {
  const name = nameOf(node);
  if (isConstructorDeclaration(node) || isSetAccessorDeclaration(node) || commentOf(node)?.comment.isInternal === true)
    return true;
  return (
    name !== undefined && (isPrivateIdentifier(name) || (isPropertyDeclaration(node) && name.getText().startsWith('[')))
  );
}

function nodesIn(node: Node): readonly Node[] {
  if (isClassDeclaration(node) || isInterfaceDeclaration(node)) return node.members;
  const object = isVariableDeclaration(node) ? node.initializer : undefined;
  return object !== undefined && isObjectLiteralExpression(object) ? object.properties : [];
}

function memberSignature(project: Project, node: Node): string {
  if (isGetAccessorDeclaration(node))
    return `${canBeSet(node) ? '' : 'readonly '}${headOf(node).replace(/^get (\w+)\(\)/, '$1')};`;
  if (!isPropertyDeclaration(node) || node.initializer === undefined) return headOf(node).replace(/[;,]?$/, ';');
  const declared = node.getSourceFile().text.slice(node.getStart(), (node.type ?? node.name).end);
  return node.type === undefined ? `${declared}: ${typeOf(project, node)};` : `${declared};`;
}

/** Whether a getter has a setter. */
function canBeSet(getter: Node): boolean {
  const name = nameOf(getter)?.getText();
  return nodesIn(getter.parent).some((node) => isSetAccessorDeclaration(node) && nameOf(node)?.getText() === name);
}

function constant(project: Project, node: Node & { readonly name: Node; readonly type?: Node }): string {
  const name = node.name.getText();
  if (node.type !== undefined) return `${name}: ${node.type.getText()};`;
  const members = membersOf(project, node);
  return members.length === 0 ? `${name}: ${typeOf(project, node)};` : block(`${name}:`, members);
}

function typeOf({ checker }: Project, node: Node): string {
  const type = checker.getTypeAtLocation(node);
  return type === undefined ? 'unknown' : checker.typeToString(type, node);
}

/** A declaration up to its body. */
function headOf(node: Node): string {
  const hasBody = isFunctionDeclaration(node) || isMethodDeclaration(node) || isGetAccessorDeclaration(node);
  const text = node.getSourceFile().text.slice(node.getStart(), hasBody ? (node.body?.pos ?? node.end) : node.end);
  return text.replace(/^async /, '').trim();
}

const bare = (text: string): string => text.trim().replace(/^export (declare |async )*/, '');

function block(head: string, members: readonly Member[]): string {
  const written = members.map(({ comment, signature }) => `${framed(comment?.text ?? '')}${outdented(signature)}`);
  return `${head} {\n${written.join('\n').replaceAll(/^(?=.)/gm, '  ')}\n}`;
}

function framed(text: string): string {
  if (text === '') return '';
  const lines = text.split('\n');
  return lines.length === 1
    ? `/** ${text} */\n`
    : `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
}

/** Lines after the first stand in the source as deep as the member does. */
function outdented(signature: string): string {
  return signature.replaceAll(/\n {2}/g, '\n');
}

/** The names of types that a declaration's public part mentions. */
export function typeNamesIn(node: Node): Node[] {
  const found: Node[] = [];
  const body = isFunctionDeclaration(node) || isMethodDeclaration(node) ? node.body : undefined;
  const visit = (part: Node): void => {
    if (part === body || isHidden(part)) return;
    if (isIdentifier(part)) found.push(part);
    part.forEachChild(visit);
  };
  node.forEachChild(visit);
  return found;
}
