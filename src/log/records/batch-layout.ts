/** Kafka's record batch, format 2: where each field of the header lies, from the start of the batch. */
export const BATCH = {
  baseOffset: 0,
  /** Of all that follows it. */
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  /** The checksum covers everything from here. */
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
  records: 61,
} as const;

/** Bytes before `length` counts: the base offset and the length itself. */
export const LENGTH_OVERHEAD = 12;

export const ATTRIBUTES = { compression: 0x07, logAppendTime: 0x08, transactional: 0x10, control: 0x20 } as const;

export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Codec = (typeof CODECS)[number];

const WORD = 2 ** 32;

/** A 64-bit integer as a number; exact to 2^53, which offsets and timestamps never pass. */
export function readLong(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * WORD + buffer.readUInt32BE(at + 4);
}

export function writeLong(buffer: Buffer, value: number, at: number): void {
  buffer.writeInt32BE(Math.floor(value / WORD), at);
  buffer.writeUInt32BE(value - Math.floor(value / WORD) * WORD, at + 4);
}
