import { failure } from '../errors.ts';
import { asBuffer } from './as-buffer.ts';
import type { Serde } from './serde.ts';
import { shown } from './shown.ts';
import { singleColumn } from './single-column.ts';

/**
 * Bytes as they are. What is read is a copy of its own, so that keeping it does not keep the whole fetched batch. Anything
 * but a `Uint8Array` is VALUE_INVALID when written.
 *
 * @example
 * flow.stream('images', { key: string(), value: bytes() }).pipe(mapValues((image) => image.length));
 */
export function bytes(): Serde<Uint8Array> {
  return {
    name: 'bytes',
    columns: singleColumn<Uint8Array>({ type: 'BLOB' }, asBuffer, (value) => value as Buffer),
    open: async () => ({
      encode(value) {
        if (!(value instanceof Uint8Array)) throw invalid(value);
        return asBuffer(value);
      },
      decode: (buffer, start, end) => Buffer.from(buffer.subarray(start, end)),
    }),
  };
}

function invalid(value: unknown): Error {
  return failure('VALUE_INVALID', { serde: 'bytes', path: 'it', actual: shown(value), expected: 'a Uint8Array' });
}
