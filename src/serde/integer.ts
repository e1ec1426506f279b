import { failure } from '../errors.ts';
import type { Codec, Serde } from './serde.ts';
import { shown } from './shown.ts';
import { singleColumn } from './single-column.ts';

const UINT32 = 2 ** 32;

/**
 * Integers within ±(2^53 - 1) in 8 bytes, big-endian, as Kafka's LongSerializer writes them. Larger ones are
 * RECORD_UNREADABLE when read, VALUE_INVALID when written, as fractions are.
 *
 * @example
 * flow.stream('amounts', { key: string(), value: integer() });
 */
export function integer(): Serde<number> {
  return {
    name: 'integer',
    columns: singleColumn<number>({ type: 'INTEGER' }, (value) => value, Number),
    open: async () => integerCodec(),
  };
}

function integerCodec(): Codec<number> {
  const scratch = Buffer.alloc(8);
  return {
    encode(value) {
      if (!Number.isSafeInteger(value)) throw invalid(value);
      scratch.writeInt32BE(Math.floor(value / UINT32), 0);
      // The remainder modulo 2^32, as `>>>` takes it of any integer.
      scratch.writeUInt32BE(value >>> 0, 4);
      return scratch;
    },
    decode: readInteger,
  };
}

function readInteger(buffer: Buffer, start: number, end: number): number {
  if (end - start !== 8) throw unreadable(`an integer has 8 bytes, but there are ${end - start}`);
  const value = buffer.readInt32BE(start) * UINT32 + buffer.readUInt32BE(start + 4);
  if (!Number.isSafeInteger(value)) throw unreadable(`${buffer.readBigInt64BE(start)} is beyond ±(2^53 - 1)`);
  return value;
}

function unreadable(reason: string): Error {
  return failure('RECORD_UNREADABLE', { reason });
}

function invalid(value: unknown): Error {
  return failure('VALUE_INVALID', {
    serde: 'integer',
    path: 'it',
    actual: shown(value),
    expected: 'an integer within ±(2^53 - 1)',
  });
}
