import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './compiler.ts';
import type { Example } from './public-api.ts';

export interface MarkdownExample extends Example {
  /** The name that stands behind `ts` where the block begins: others import it by it. */
  readonly fileName: string | undefined;
}

/** The TypeScript blocks of a page. */
export function markdownExamples(file: string): MarkdownExample[] {
  const found: MarkdownExample[] = [];
  let open: { fileName: string | undefined; line: number; code: string[] } | undefined;
  for (const [index, text] of readFileSync(join(ROOT, file), 'utf8').split('\n').entries()) {
    const [, name] = /^```ts(?: (\S+))?$/.exec(text) ?? [];
    if (open === undefined) {
      if (text.startsWith('```ts')) open = { fileName: name, line: index + 2, code: [] };
    } else if (text === '```') {
      found.push({ file, fileName: open.fileName, line: open.line, code: open.code.join('\n') });
      open = undefined;
    } else open.code.push(text);
  }
  return found;
}
