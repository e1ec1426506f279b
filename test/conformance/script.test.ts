import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const script = join(import.meta.dirname, '../../scripts/conformance.ts');
const folder = temporaryDirectory();
afterAll(() => folder.remove());

function run(path: string): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, path], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function file(name: string, content: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}

const EMPTY = { name: 'empty', topology: [{ id: 'a', op: 'stream', topic: 'in' }], steps: [] };
const expected = { steps: [], stores: {}, dropped: 0 };

describe('npm run conformance -- FILE', () => {
  test('runs the scenarios of a file', () => {
    const path = file('fine.ndjson', `${JSON.stringify({ ...EMPTY, expected })}\n`);
    expect(run(path)).toEqual({ status: 0, stdout: '1 passed, 0 failed\n', stderr: '' });
  });

  test.each([
    ['not there', () => join(folder.path, 'missing.ndjson'), / cannot be read: ENOENT.*\.\n$/],
    ['a folder', () => folder.path, / cannot be read: EISDIR.*\.\n$/],
    [
      'not JSON',
      () => file('bad.ndjson', `${JSON.stringify(EMPTY)}\n\n{"name":\n`),
      /bad\.ndjson:3 is not JSON: .*\.\n$/,
    ],
    ['no scenario', () => file('other.ndjson', '42\n'), /other\.ndjson:1 is no scenario: .*\.\n$/],
  ])('says in a sentence that it is %s', (_what, path, says) => {
    const at = path();
    const { status, stdout, stderr } = run(at);
    expect({ status, stdout, lines: stderr.split('\n').length }).toEqual({ status: 2, stdout: '', lines: 2 });
    expect(stderr).toMatch(says);
    expect(stderr.startsWith(at)).toBe(true);
  });
});
