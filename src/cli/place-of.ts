import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const OWN = fileURLToPath(new URL('../', import.meta.url));
const TOPOLOGIES = fileURLToPath(new URL('../topologies/', import.meta.url));

/** `file:line:column` of the innermost call in a program's own code, neither Millrace's nor a package's. */
export function placeOf(error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const [, url = '', at = ''] of stack.matchAll(/((?:file:\/\/)?\/[^\s()]+?)((?::\d+){2})\)?$/gm)) {
    const path = url.startsWith('file:') ? fileURLToPath(url) : url;
    if (path.includes('/node_modules/') || (path.startsWith(OWN) && !path.startsWith(TOPOLOGIES))) continue;
    const near = relative('', path);
    return `${near.startsWith('..') ? path : near}${at}`;
  }
  return undefined;
}
