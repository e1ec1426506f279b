import { isUtf8 } from 'node:buffer';
import { failure } from '../errors.ts';
import { Scratch } from './scratch.ts';

/** Decodes UTF-8. Throws RECORD_UNREADABLE where it is malformed. */
export function decodeUtf8(buffer: Buffer, start: number, end: number): string {
  const text = buffer.toString('utf8', start, end);
  // Decoding never fails but leaves this mark, which is rare in real text: only then look at the bytes.
  if (text.includes('\ufffd') && !isUtf8(buffer.subarray(start, end))) {
    throw failure('RECORD_UNREADABLE', { reason: 'it is not valid UTF-8' });
  }
  return text;
}

/** Encodes into memory that the next call overwrites. The text must be well-formed Unicode. */
export class Utf8Encoder {
  readonly #scratch = new Scratch();

  encode(text: string): Buffer {
    // No UTF-16 unit takes more than 3 bytes.
    return this.#scratch.first(this.#scratch.reserve(text.length * 3).write(text, 0));
  }
}
