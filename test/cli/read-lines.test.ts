import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { fileSize, type Line, readLines } from '../../src/cli/read-lines.ts';
import { CliBench } from './cli-bench.ts';

const bench = new CliBench();
afterAll(() => bench.remove());

async function lines(path: string): Promise<Line[]> {
  const found: Line[] = [];
  for await (const block of readLines(path)) found.push(...block.lines);
  return found;
}

describe('readLines', () => {
  it('keeps characters whole that stand across blocks, in large files, packed or not', async () => {
    const expected = Array.from({ length: 30_000 }, (_, index) => `${index} ${'äß€😀'.repeat(index % 9)}`);
    const text = `${expected.join('\n')}\n`;
    expect(await lines(bench.file('large', text))).toEqual(expected);
    expect(await lines(bench.file('large.gz', gzipSync(text)))).toEqual(expected);
  });

  it('takes an empty file, a last line without end, and Windows line ends and byte order mark', async () => {
    expect(await lines(bench.file('empty', ''))).toEqual([]);
    expect(await lines(bench.file('windows', '\ufeffa\r\nb'))).toEqual(['a', 'b']);
    expect(await lines(bench.file('marked', '\ufeffa'))).toEqual(['a']);
  });

  it('gives lines that are not UTF-8 as bytes, the others as text', async () => {
    const bytes = Buffer.concat([Buffer.from('a\n'), Buffer.from([0xc3, 0x28, 0x0a]), Buffer.from('ä\n')]);
    expect(await lines(bench.file('mixed', bytes))).toEqual(['a', Buffer.from([0xc3, 0x28]), 'ä']);
  });

  it('names a file that is not packed, or not there, or none', async () => {
    await expect(lines(bench.file('plain.gz', 'not packed'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(lines('/none')).rejects.toThrow('The file /none cannot be read');
    expect(() => fileSize(bench.path('.'))).toThrow('it is no file');
  });
});
