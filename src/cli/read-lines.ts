import { isUtf8 } from 'node:buffer';
import { createReadStream, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { failure } from '../errors.ts';

/** A line without its end; bytes where they are not UTF-8. */
export type Line = string | Buffer;

export interface LineBlock {
  readonly lines: readonly Line[];
  /** Bytes of the file read so far, for progress. */
  readonly bytesRead: number;
}

/** Reads a text file, or one packed with gzip (`.gz`), in blocks of whole lines. Throws FILE_UNREADABLE. */
export async function* readLines(path: string): AsyncGenerator<LineBlock> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const source = path.endsWith('.gz') ? gunzipped(file) : file;
  let rest: Buffer = Buffer.alloc(0);
  let isStart = true;
  try {
    for await (const chunk of source) {
      const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const bytes = isStart ? withoutMark(joined) : joined;
      isStart = false;
      const end = bytes.lastIndexOf(0x0a) + 1;
      rest = bytes.subarray(end);
      if (end > 0) yield { lines: linesIn(bytes.subarray(0, end - 1)), bytesRead: file.bytesRead };
    }
  } catch (error) {
    throw failure('FILE_UNREADABLE', { path, reason: (error as Error).message }, error);
  } finally {
    file.destroy();
  }
  if (rest.length > 0) yield { lines: linesIn(rest), bytesRead: file.bytesRead };
}

/** The size of a file. Throws FILE_UNREADABLE. */
export function fileSize(path: string): number {
  try {
    const stat = statSync(path);
    if (stat.isFile() || stat.isFIFO()) return stat.size;
  } catch (error) {
    throw failure('FILE_UNREADABLE', { path, reason: (error as Error).message }, error);
  }
  throw failure('FILE_UNREADABLE', { path, reason: 'it is no file' });
}

function gunzipped(file: NodeJS.ReadableStream): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  file.on('error', (error) => gunzip.destroy(error));
  return file.pipe(gunzip);
}

/** Programs of Windows put a byte order mark first. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function linesIn(bytes: Buffer): Line[] {
  if (isUtf8(bytes)) return bytes.toString('utf8').split('\n').map(withoutReturn);
  const lines: Line[] = [];
  for (let start = 0; start <= bytes.length; ) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    // A copy, so that one bad line does not keep its whole block.
    lines.push(isUtf8(line) ? withoutReturn(line.toString('utf8')) : Buffer.from(line));
    start = end + 1;
  }
  return lines;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
