/**
 * avsc's cursor over a buffer, and exact varints on it. avsc's own lose the last bit (and with it the sign) of negative
 * longs beyond 2^52, because they hold the zigzag form in a double.
 */
export interface Tap {
  readonly buf: Buffer;
  pos: number;
  readString(): string | undefined;
  readBytes(): Buffer | undefined;
  writeString(text: string): void;
  writeBytes(bytes: Buffer): void;
  writeFixed(bytes: Buffer, size: number): void;
}

const HIGH_UNIT = 2 ** 27;

/** The halves of a long too large for 28 bits: `magnitude = high * 2^27 + low`, exact however large. */
interface WideLong {
  readonly negative: boolean;
  readonly low: number;
  readonly high: number;
}

/** Reads an int or long. Throws where it is beyond ±(2^53 - 1). */
export function readLong(tap: Tap): number {
  const { buf } = tap;
  // Past the end of the buffer bytes are undefined and count as 0: whoever calls checks the position afterwards.
  let byte = buf[tap.pos++] as number;
  let bits = byte & 0x7f;
  for (let shift = 7; byte & 0x80; shift += 7) {
    if (shift === 28) return wideNumber(readWide(tap, bits));
    byte = buf[tap.pos++] as number;
    bits |= (byte & 0x7f) << shift;
  }
  return (bits >>> 1) ^ -(bits & 1);
}

/** Reads an int or long, exactly. */
export function readBigLong(tap: Tap): bigint {
  const start = tap.pos;
  let byte = tap.buf[tap.pos++] as number;
  let bits = byte & 0x7f;
  for (let shift = 7; byte & 0x80; shift += 7) {
    if (shift === 28) return wideBigint(readWide(tap, bits));
    byte = tap.buf[tap.pos++] as number;
    bits |= (byte & 0x7f) << shift;
  }
  tap.pos = start;
  return BigInt(readLong(tap));
}

/** Reads a long as a double: rounded where it is beyond 2^53. For promotions to float and double. */
export function readRoundedLong(tap: Tap): number {
  return Number(readBigLong(tap));
}

function readWide(tap: Tap, bits: number): WideLong {
  let high = 0;
  let unit = 1;
  let byte: number;
  do {
    byte = tap.buf[tap.pos++] as number;
    high += (byte & 0x7f) * unit;
    unit *= 128;
    if (unit > 2 ** 42) throw new Error('a number of more than 10 bytes');
  } while (byte & 0x80);
  return { negative: (bits & 1) === 1, low: (bits & 0xfffffff) >>> 1, high };
}

function wideNumber(long: WideLong): number {
  const magnitude = long.high * HIGH_UNIT + long.low;
  const value = long.negative ? -magnitude - 1 : magnitude;
  if (Number.isSafeInteger(value)) return value;
  throw new Error(`${wideBigint(long)} is beyond ±(2^53 - 1); read longs as bigint`);
}

function wideBigint(long: WideLong): bigint {
  const magnitude = BigInt(long.high) * BigInt(HIGH_UNIT) + BigInt(long.low);
  return BigInt.asIntN(64, long.negative ? -magnitude - 1n : magnitude);
}

/** Writes a safe integer. */
export function writeLong(tap: Tap, value: number): void {
  if (value >= -0x40000000 && value < 0x40000000) writeSmall(tap, (value << 1) ^ (value >> 31));
  else writeWide(tap, value);
}

function writeWide(tap: Tap, value: number): void {
  const { buf } = tap;
  const magnitude = value < 0 ? -value - 1 : value;
  buf[tap.pos++] = ((magnitude % 64) << 1) | (value < 0 ? 1 : 0) | 0x80;
  let rest = Math.floor(magnitude / 64);
  while (rest > 0x7f) {
    buf[tap.pos++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  buf[tap.pos++] = rest;
}

function writeSmall(tap: Tap, zigzag: number): void {
  const { buf } = tap;
  let rest = zigzag;
  while (rest > 0x7f) {
    buf[tap.pos++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buf[tap.pos++] = rest;
}

/** Writes any 64-bit integer. */
export function writeBigLong(tap: Tap, value: bigint): void {
  const small = Number(value);
  if (Number.isSafeInteger(small)) {
    writeLong(tap, small);
    return;
  }
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  while (rest > 0x7fn) {
    tap.buf[tap.pos++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  tap.buf[tap.pos++] = Number(rest);
}

/** True where the cursor has run past the buffer: what was read since is made up. */
export function isPastEnd(tap: Tap): boolean {
  return tap.pos > tap.buf.length;
}
