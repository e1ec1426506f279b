import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { failure } from '../../errors.ts';
import type { Codec } from './batch-layout.ts';
import type { BatchSource } from './batch-reader.ts';

/** Unpacks what Node itself cannot: snappy and lz4. */
export type Decompressor = (codec: Codec, bytes: Buffer) => Buffer;

/** The records of a compressed batch. Throws COMPRESSION_UNSUPPORTED, RECORD_BATCH_CORRUPT. */
export function decompress(codec: Codec, bytes: Buffer, source: BatchSource, offset: number): Buffer {
  const { topic, partition } = source;
  const unpack = codec === 'gzip' ? gunzipSync : codec === 'zstd' ? zstdDecompressSync : undefined;
  if (unpack === undefined && source.decompress === undefined) {
    throw failure('COMPRESSION_UNSUPPORTED', { topic, partition, offset, codec });
  }
  try {
    return unpack?.(bytes) ?? source.decompress?.(codec, bytes) ?? bytes;
  } catch (cause) {
    throw failure(
      'RECORD_BATCH_CORRUPT',
      { topic, partition, offset, reason: `it cannot be unpacked (${codec})` },
      cause,
    );
  }
}
