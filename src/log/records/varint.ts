/**
 * Zigzag varints as in Kafka's records. Values are numbers, not bigints: 32-bit ones take the fast path, longer ones
 * (differences of timestamps) go by arithmetic and are exact to 2^52.
 */

/** Bytes that `writeVarint` will take. */
export function varintSize(value: number): number {
  if (value !== (value | 0)) return longSize(value);
  const bits = ((value << 1) ^ (value >> 31)) >>> 0;
  if (bits < 0x80) return 1;
  if (bits < 0x4000) return 2;
  if (bits < 0x200000) return 3;
  return bits < 0x10000000 ? 4 : 5;
}

/** Writes the value and returns the position after it. */
export function writeVarint(buffer: Buffer, value: number, at: number): number {
  if (value !== (value | 0)) return writeLongVarint(buffer, value, at);
  let bits = ((value << 1) ^ (value >> 31)) >>> 0;
  let position = at;
  while (bits >= 0x80) {
    buffer[position++] = (bits & 0x7f) | 0x80;
    bits >>>= 7;
  }
  buffer[position++] = bits;
  return position;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function longSize(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

function writeLongVarint(buffer: Buffer, value: number, at: number): number {
  let rest = zigzag(value);
  let position = at;
  while (rest >= 0x80) {
    buffer[position++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  buffer[position++] = rest;
  return position;
}

/** Reads varints one after another. One cursor serves a whole batch. */
export class VarintCursor {
  readonly buffer: Buffer;
  position: number;

  constructor(buffer: Buffer, position: number) {
    this.buffer = buffer;
    this.position = position;
  }

  /** Past the end it gives NaN-free rubbish, never an endless loop: callers compare `position` with the record's end. */
  next(): number {
    const first = this.buffer[this.position++] ?? 0;
    return first < 0x80 ? (first >>> 1) ^ -(first & 1) : this.#more(first & 0x7f);
  }

  #more(low: number): number {
    let bits = low;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.buffer[this.position++] ?? 0;
      bits |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (bits >>> 1) ^ -(bits & 1);
    }
    return this.#long(bits);
  }

  /** From the fifth byte on 32 bits may not do. */
  #long(low: number): number {
    let value = low;
    let unit = 2 ** 28;
    for (let index = 4; index < 10; index++) {
      const byte = this.buffer[this.position++] ?? 0;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) break;
      unit *= 0x80;
    }
    const half = Math.floor(value / 2);
    return value % 2 === 0 ? half : -half - 1;
  }
}
