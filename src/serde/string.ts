import { failure } from '../errors.ts';
import type { Codec, Serde } from './serde.ts';
import { shown } from './shown.ts';
import { singleColumn } from './single-column.ts';
import { decodeUtf8, Utf8Encoder } from './utf8.ts';

/**
 * Text as UTF-8, as Kafka's StringSerializer writes it. Malformed UTF-8 (RECORD_UNREADABLE) and lone surrogates
 * (VALUE_INVALID) are errors. A null key or value is bad input, unless it is `nullable`.
 *
 * @example
 * flow.stream('clicks', { key: string(), value: string() });
 */
export function string(): Serde<string> {
  return {
    name: 'string',
    columns: singleColumn<string>(
      { type: 'TEXT' },
      (value) => value,
      (value) => value as string,
    ),
    open: async () => stringCodec(),
  };
}

function stringCodec(): Codec<string> {
  const encoder = new Utf8Encoder();
  return {
    encode(value) {
      if (typeof value !== 'string' || !value.isWellFormed()) throw invalid(value);
      return encoder.encode(value);
    },
    decode: decodeUtf8,
  };
}

function invalid(value: unknown): Error {
  return failure('VALUE_INVALID', {
    serde: 'string',
    path: 'it',
    actual: shown(value),
    expected: 'a string of valid Unicode',
  });
}
