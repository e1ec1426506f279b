import avsc from 'avsc';
import { readBigLong, readLong, readRoundedLong, type Tap, writeBigLong, writeLong } from '../tap.ts';
import type { InvalidHook, ResolverDraft } from './internals.ts';

const INT_MAX = 2 ** 31 - 1;

/** 32-bit integers; a number outside them in the data is an error, not a value. */
export class Int extends avsc.types.IntType {
  _read(tap: Tap): number {
    const value = readLong(tap);
    if (value > INT_MAX || value < -INT_MAX - 1) throw new Error(`${value} is no 32-bit integer`);
    return value;
  }

  _write(tap: Tap, value: number): void {
    if (value !== (value | 0)) throw new Error('not an int');
    writeLong(tap, value);
  }

  _update(resolver: ResolverDraft, writer: avsc.Type): void {
    if (writer.typeName === 'int' && sameUnit(this, writer)) resolver._read = this._read;
  }
}

/** Longs as numbers, within ±(2^53 - 1). */
export class SafeLong extends avsc.types.LongType {
  _read(tap: Tap): number {
    return readLong(tap);
  }

  _write(tap: Tap, value: number): void {
    if (!Number.isSafeInteger(value)) throw new Error('not a safe integer');
    writeLong(tap, value);
  }

  _check(value: unknown, _flags?: number, hook?: InvalidHook): boolean {
    const valid = Number.isSafeInteger(value);
    if (!valid && hook) hook(value, this);
    return valid;
  }

  _update(resolver: ResolverDraft, writer: avsc.Type): void {
    if ((writer.typeName === 'int' || writer.typeName === 'long') && sameUnit(this, writer))
      resolver._read = this._read;
  }
}

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** Longs as bigints, all 64 bits. */
export class BigLong extends avsc.types.LongType {
  _read(tap: Tap): bigint {
    return readBigLong(tap);
  }

  _write(tap: Tap, value: bigint): void {
    if (!this._check(value)) throw new Error('not a 64-bit integer');
    writeBigLong(tap, value);
  }

  _check(value: unknown, _flags?: number, hook?: InvalidHook): boolean {
    const valid = typeof value === 'bigint' && value >= LONG_MIN && value <= LONG_MAX;
    if (!valid && hook) hook(value, this);
    return valid;
  }

  /** Also turns a schema's default, which is a JSON number, into a bigint. */
  _copy(value: bigint | number): bigint {
    return BigInt(value);
  }

  _update(resolver: ResolverDraft, writer: avsc.Type): void {
    if (writer.typeName === 'int' || writer.typeName === 'long') resolver._read = this._read;
  }
}

export class Double extends avsc.types.DoubleType {
  _update(resolver: ResolverDraft, writer: avsc.Type): void {
    promote(resolver, writer, ['double', 'float', 'int']);
  }
}

export class Float extends avsc.types.FloatType {
  _update(resolver: ResolverDraft, writer: avsc.Type): void {
    promote(resolver, writer, ['float', 'int']);
  }
}

function promote(resolver: ResolverDraft, writer: avsc.Type, direct: readonly string[]): void {
  if (direct.includes(writer.typeName)) resolver._read = (writer as avsc.Type & ResolverDraft)._read;
  else if (writer.typeName === 'long') resolver._read = readRoundedLong;
}

/** Logical types whose value is a number in their unit: dates are days, `-micros` are microseconds. */
const INT_UNITS = ['date', 'time-millis'] as const;
const LONG_UNITS = [
  'time-micros',
  'timestamp-millis',
  'timestamp-micros',
  'local-timestamp-millis',
  'local-timestamp-micros',
] as const;

/** The logical type of a number that stands for a date or time; undefined for plain numbers. */
export function unitOf(type: avsc.Type): string | undefined {
  return (type as { readonly unit?: string }).unit;
}

/** Reading milliseconds as microseconds would be wrong in silence; a plain number may become either. */
export function sameUnit(reader: avsc.Type, writer: avsc.Type): boolean {
  const from = unitOf(writer);
  const to = unitOf(reader);
  return from === undefined || to === undefined || from === to;
}

// avsc freezes a primitive type in its constructor, so that the unit can only be on the prototype.

function intWithUnit(unit: string): avsc.Type {
  class IntWithUnit extends Int {
    get unit(): string {
      return unit;
    }
  }
  return new IntWithUnit();
}

function longWithUnit(unit: string): avsc.Type {
  class LongWithUnit extends SafeLong {
    get unit(): string {
      return unit;
    }
  }
  return new LongWithUnit();
}

/** By underlying type and logical type: `long:timestamp-millis`. */
export const unitTypes: ReadonlyMap<string, avsc.Type> = new Map([
  ...INT_UNITS.map((unit) => [`int:${unit}`, intWithUnit(unit)] as const),
  ...LONG_UNITS.map((unit) => [`long:${unit}`, longWithUnit(unit)] as const),
]);
