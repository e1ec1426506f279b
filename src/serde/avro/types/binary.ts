import avsc from 'avsc';
import { asBuffer } from '../../as-buffer.ts';
import type { Tap } from '../tap.ts';
import type { InvalidHook } from './internals.ts';

/** Bytes: any `Uint8Array` in, a `Buffer` of its own memory out. */
export class Bytes extends avsc.types.BytesType {
  _read(tap: Tap): Buffer {
    return required(tap.readBytes());
  }

  _write(tap: Tap, value: Uint8Array): void {
    if (!this._check(value)) throw new Error('not bytes');
    tap.writeBytes(asBuffer(value));
  }

  _check(value: unknown, _flags?: number, hook?: InvalidHook): boolean {
    const valid = value instanceof Uint8Array;
    if (!valid && hook) hook(value, this);
    return valid;
  }
}

/** As many bytes as the schema says. */
export class Fixed extends avsc.types.FixedType {
  _read(tap: Tap & { readFixed(size: number): Buffer | undefined }): Buffer {
    return required(tap.readFixed(this.size));
  }

  _write(tap: Tap, value: Uint8Array): void {
    if (!this._check(value)) throw new Error('not bytes of that size');
    // avsc takes a size of 0 for "not given", which comes to the same.
    tap.writeFixed(asBuffer(value), this.size);
  }

  _check(value: unknown, _flags?: number, hook?: InvalidHook): boolean {
    const valid = value instanceof Uint8Array && value.length === this.size;
    if (!valid && hook) hook(value, this);
    return valid;
  }
}

function required(bytes: Buffer | undefined): Buffer {
  if (bytes === undefined) throw new Error('the bytes end inside a value');
  return bytes;
}
