import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { exampleLines } from '../../src/cli/example-lines.ts';
import { CliBench } from './cli-bench.ts';

const bench = new CliBench();
afterAll(() => bench.remove());

const bin = fileURLToPath(new URL('../../bin/millrace.js', import.meta.url));

const COPY = `import { string, to, topology } from 'millrace';
const texts = { key: string(), value: string() };
export const copy = topology('copy', (flow) => void flow.stream('from', texts).pipe(to('into', texts)));
`;

it('records that were skipped are told at the end', async () => {
  await bench.run(['import', 'shipments', bench.file('shipments.ndjson', exampleLines.shipments)]);
  const argv = [
    bin,
    'run',
    bench.file('texts.ts', COPY.replace(`'from'`, `'shipments'`)),
    '--until-end',
    '--deserialization-errors',
    'skip',
  ];
  const { stderr } = await promisify(execFile)(process.execPath, [...argv, '--data-dir', bench.dataDir]);
  expect(stderr).toMatch(/\ndone: .*; 1 record skipped\n$/);
});

it('a checkout that was never built runs a file that imports millrace', async () => {
  const argv = [bin, 'run', bench.file('copy.ts', COPY), '--until-end', '--data-dir', bench.dataDir];
  const { stderr } = await promisify(execFile)(process.execPath, argv);
  expect(stderr).toMatch(/^copy: topics that were missing are made: from.*\ncopy: running.*\ndone: /);
});

it.skipIf(!existsSync('/dev/full'))('an output that is full is said in a sentence', async () => {
  const full = promisify(execFile)('sh', ['-c', `"${process.execPath}" "${bin}" topology > /dev/full`]);
  await expect(full).rejects.toMatchObject({
    code: 1,
    stderr: 'millrace: Cannot write the output: ENOSPC: no space left on device. The disk is full: free some space.\n',
  });
});
