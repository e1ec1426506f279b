import { compressionsAlgorithms } from '@platformatic/kafka';
import type { Decompressor } from '../records/decompress.ts';

/** Unpacks with the client library what Node itself cannot: snappy and lz4. */
export const unpack: Decompressor = (codec, bytes) => compressionsAlgorithms[codec].decompressSync(bytes);
