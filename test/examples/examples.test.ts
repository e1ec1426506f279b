import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { format } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { loadTopologies } from '../../src/cli/load-topologies.ts';

const FOLDER = join(import.meta.dirname, '../../examples');
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));
const textOf = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

/** What the header says that it prints. */
function promised(file: string): string[] {
  const [header = ''] = textOf(file).split('*/');
  const [, printed = ''] = header.split(' * Prints:\n');
  return printed
    .split('\n')
    .map((line) => line.replace(/^ \* {5}/, ''))
    .filter((line) => line.trim() !== '');
}

describe('the examples', () => {
  const [, path = ''] = process.argv;
  afterEach(() => {
    process.argv[1] = path;
    vi.restoreAllMocks();
    vi.resetModules();
  });

  test('are numbered one after the other, and short', () => {
    expect(files.map((file) => Number(file.slice(0, 2)))).toEqual(files.map((_, index) => index + 1));
    for (const file of files) expect([file, textOf(file).split('\n').length < 61]).toEqual([file, true]);
  });

  test.each(files)('%s gives the command line a topology, and prints nothing there', async (file) => {
    const log = vi.spyOn(console, 'log');
    expect(await loadTopologies(join(FOLDER, file))).toHaveLength(1);
    expect(log).not.toHaveBeenCalled();
  });

  test.each(files)('%s says how it is run, and prints what it says', async (file) => {
    expect(textOf(file)).toContain(` *     npx node examples/${file} `);
    expect(textOf(file)).toContain(` *     npx millrace run examples/${file} `);
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((...parts: unknown[]) => void printed.push(format(...parts)));
    // As if it were run directly.
    process.argv[1] = join(FOLDER, file);
    await import(join(FOLDER, file));
    expect(printed).toEqual(promised(file));
    expect(printed.length).toBeGreaterThan(0);
  });

  test('Node runs one as it is', () => {
    const file = '01-word-count.ts';
    const stdout = execFileSync(process.execPath, [join(FOLDER, file)], { encoding: 'utf8' });
    expect(stdout.trimEnd().split('\n')).toEqual(promised(file));
  });
});
