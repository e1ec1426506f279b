const UINT32 = 2 ** 32;

/** Writes an integer within ±(2^53 - 1) in 8 bytes, big-endian, as Java does. */
export function writeInt64(buffer: Buffer, value: number, at: number): void {
  buffer.writeInt32BE(Math.floor(value / UINT32), at);
  // The remainder modulo 2^32, as `>>>` takes it of any integer.
  buffer.writeUInt32BE(value >>> 0, at + 4);
}

export function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * UINT32 + buffer.readUInt32BE(at + 4);
}
