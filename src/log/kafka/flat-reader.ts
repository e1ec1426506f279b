import { readLong } from '../records/batch-layout.ts';

/** Reads the fields of an answer from one flat buffer. The client library's own reader walks socket chunks, slowly. */
export class FlatReader {
  readonly buffer: Buffer;
  position = 0;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  int16(): number {
    this.position += 2;
    return this.buffer.readInt16BE(this.position - 2);
  }

  int32(): number {
    this.position += 4;
    return this.buffer.readInt32BE(this.position - 4);
  }

  /** Exact to 2^53. */
  int64(): number {
    this.position += 8;
    return readLong(this.buffer, this.position - 8);
  }

  bigInt64(): bigint {
    this.position += 8;
    return this.buffer.readBigInt64BE(this.position - 8);
  }

  unsignedVarint(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = this.buffer.readUInt8(this.position++);
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  }

  /** As the metadata's codec writes topic ids. */
  uuid(): string {
    const hex = this.buffer.toString('hex', this.position, this.position + 16);
    this.position += 16;
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  nullableString(): string | null {
    const length = this.unsignedVarint() - 1;
    if (length < 0) return null;
    this.position += length;
    return this.buffer.toString('utf8', this.position - length, this.position);
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  /** A view, not a copy. */
  bytes(): Buffer {
    const length = Math.max(0, this.unsignedVarint() - 1);
    this.position += length;
    return this.buffer.subarray(this.position - length, this.position);
  }

  /** Null arrays count as empty. */
  array<T>(item: () => T): T[] {
    const items: T[] = [];
    for (let left = this.unsignedVarint() - 1; left > 0; left--) items.push(item());
    return items;
  }

  skipTags(): void {
    for (let left = this.unsignedVarint(); left > 0; left--) {
      this.unsignedVarint();
      const length = this.unsignedVarint();
      this.position += length;
    }
  }
}
