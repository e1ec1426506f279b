/**
 * Writes `docs/reference/`, `docs/errors.md` and `docs/settings.md` from doc comments and tables: `npm run docs`. With
 * `--check` it writes nothing, and fails where a file is out of date or an export lacks its page, comment or example.
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '../src/errors.ts';
import { ROOT, withProject } from './docs/compiler.ts';
import { errorGaps, errorPage } from './docs/error-page.ts';
import { metIn } from './docs/met-in.ts';
import { publicApi } from './docs/public-api.ts';
import { referencePages } from './docs/reference-pages.ts';
import { settingsPage } from './docs/settings-page.ts';
import { gapsIn } from './docs/undocumented.ts';

const api = withProject(join(ROOT, 'tsconfig.json'), publicApi);
const files = new Map([
  ['docs/errors.md', errorPage(errorCodes, metIn(api, errorCodes))],
  ['docs/settings.md', settingsPage()],
  ...referencePages(api, errorCodes),
]);
const leftovers = globSync('docs/reference/*', { cwd: ROOT }).filter((path) => !files.has(path));
const gaps = [...gapsIn(api), ...errorGaps(errorCodes)];
for (const gap of gaps) process.stderr.write(`${gap}\n`);
if (gaps.length > 0) process.exitCode = 1;
if (process.argv.includes('--check')) check();
else write();

function write(): void {
  mkdirSync(join(ROOT, 'docs/reference'), { recursive: true });
  for (const path of leftovers) rmSync(join(ROOT, path));
  for (const [path, text] of files) writeFileSync(join(ROOT, path), text);
  process.stderr.write(`${files.size} pages written to docs\n`);
}

function check(): void {
  const current = (path: string): string | undefined =>
    existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : undefined;
  const differing = [...files].filter(([path, text]) => current(path) !== text).map(([path]) => path);
  const wrong = [...differing, ...leftovers];
  for (const path of wrong) process.stderr.write(`${path} is out of date. Run: npm run docs\n`);
  if (wrong.length > 0) process.exitCode = 1;
}
