import { isUtf8 } from 'node:buffer';
import avsc from 'avsc';
import { isPastEnd, readLong, type Tap } from '../tap.ts';
import type { InvalidHook, ResolverDraft } from './internals.ts';

const REPLACEMENT = '\ufffd';

/** Strings that are exactly their UTF-8: malformed bytes and lone surrogates are errors, not question marks. */
export class Text extends avsc.types.StringType {
  _read(tap: Tap): string {
    return readText(tap);
  }

  _write(tap: Tap, value: string): void {
    if (!this._check(value)) throw new Error('not a string');
    tap.writeString(value);
  }

  _check(value: unknown, _flags?: number, hook?: InvalidHook): boolean {
    const valid = typeof value === 'string' && value.isWellFormed();
    if (!valid && hook) hook(value, this);
    return valid;
  }

  _update(resolver: ResolverDraft, writer: avsc.Type): void {
    if (writer.typeName === 'string' || writer.typeName === 'bytes') resolver._read = this._read;
  }
}

export function readText(tap: Tap): string {
  const start = tap.pos;
  const text = tap.readString();
  if (text === undefined || isPastEnd(tap)) throw new Error('the bytes end inside a string');
  // Decoding never fails but leaves this mark, which is rare in real text: only then look at the bytes.
  if (text.includes(REPLACEMENT)) requireUtf8(tap, start);
  return text;
}

function requireUtf8(tap: Tap, start: number): void {
  const end = tap.pos;
  tap.pos = start;
  const length = readLong(tap);
  tap.pos = end;
  if (!isUtf8(tap.buf.subarray(end - length, end))) throw new Error('a string is not valid UTF-8');
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** True for the 36 characters of a UUID, in either case. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** A string with the logical type `uuid`. */
export class Uuid extends Text {
  override _read(tap: Tap): string {
    const text = readText(tap);
    if (!isUuid(text)) throw new Error(`${JSON.stringify(text)} is no UUID`);
    return text;
  }

  override _check(value: unknown, _flags?: number, hook?: InvalidHook): boolean {
    const valid = isUuid(value);
    if (!valid && hook) hook(value, this);
    return valid;
  }
}

/** An enum that takes its symbols only; avsc's also takes the names of `Object.prototype`. */
export class Enum extends avsc.types.EnumType {
  declare readonly _indices: Readonly<Record<string, number>>;

  _write(tap: Tap & { writeLong(value: number): void }, value: string): void {
    if (!this._check(value)) throw new Error('not a symbol');
    tap.writeLong(this._indices[value] as number);
  }

  _check(value: unknown, _flags?: number, hook?: InvalidHook): boolean {
    const valid = typeof value === 'string' && Object.hasOwn(this._indices, value);
    if (!valid && hook) hook(value, this);
    return valid;
  }
}
