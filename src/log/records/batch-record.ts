import type { Headers } from '../port.ts';
import type { FetchedRecord } from './fetched-record.ts';
import { VarintCursor } from './varint.ts';

const NONE: Headers = [];

/** A record in a batch, made by the batch reader. One shape for all records, so that code that reads them stays fast. */
export class BatchRecord implements FetchedRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly buffer: Buffer;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  #headersAt = 0;
  #headers: Headers | undefined = NONE;

  /** The cursor stands on the key; it is left after the value. */
  constructor(offset: number, timestamp: number, cursor: VarintCursor) {
    this.offset = offset;
    this.timestamp = timestamp;
    this.buffer = cursor.buffer;
    const keyLength = cursor.next();
    this.keyStart = cursor.position;
    this.keyEnd = keyLength < 0 ? -1 : cursor.position + keyLength;
    if (keyLength > 0) cursor.position += keyLength;
    const valueLength = cursor.next();
    this.valueStart = cursor.position;
    this.valueEnd = valueLength < 0 ? -1 : cursor.position + valueLength;
    if (valueLength > 0) cursor.position += valueLength;
    // Zero headers are one zero byte.
    if (cursor.buffer[cursor.position] !== 0) {
      this.#headersAt = cursor.position;
      this.#headers = undefined;
    }
  }

  get headers(): Headers {
    this.#headers ??= readHeaders(this.buffer, this.#headersAt);
    return this.#headers;
  }
}

function readHeaders(buffer: Buffer, at: number): Headers {
  const cursor = new VarintCursor(buffer, at);
  const headers: [string, Buffer | null][] = [];
  for (let left = cursor.next(); left > 0; left--) {
    const name = take(cursor) ?? Buffer.alloc(0);
    headers.push([name.toString(), take(cursor)]);
  }
  return headers;
}

function take(cursor: VarintCursor): Buffer | null {
  const length = cursor.next();
  if (length < 0) return null;
  const start = cursor.position;
  cursor.position = start + length;
  return cursor.buffer.subarray(start, cursor.position);
}
