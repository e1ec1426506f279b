import avsc from 'avsc';
import { isPastEnd, readLong, type Tap, writeLong } from '../tap.ts';
import type { AvscType } from './internals.ts';
import { readText } from './text.ts';

/** Items of zero bytes (nulls, empty records) are not bounded by the bytes there are. */
const ZERO_SIZE_ITEMS = 2 ** 20;

/** Arrays; a count in damaged data cannot make it allocate or loop beyond the bytes there are. */
export class List extends avsc.types.ArrayType {
  /** `this` is the type or a resolver for it: both have `itemsType`. */
  _read(tap: Tap): unknown[] {
    const items = this.itemsType as avsc.Type & AvscType;
    const values: unknown[] = [];
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      for (; count > 0; count--) {
        values.push(items._read(tap));
        requireInside(tap);
      }
    }
    return values;
  }

  /** Fields that the reader lacks are skipped; avsc's own would loop as often as damaged data says. */
  _skip(tap: Tap): void {
    const items = this.itemsType as avsc.Type & AvscType;
    skipBlocks(tap, () => items._skip(tap));
  }
}

/** Maps, as plain objects; any key, `__proto__` too, is an own property. */
export class Dictionary extends avsc.types.MapType {
  _read(tap: Tap): Record<string, unknown> {
    const values = this.valuesType as avsc.Type & AvscType;
    const map: Record<string, unknown> = {};
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      for (; count > 0; count--) {
        setKey(map, readText(tap), values._read(tap));
        requireInside(tap);
      }
    }
    return map;
  }

  _skip(tap: Tap & { skipString(): void }): void {
    const values = this.valuesType as avsc.Type & AvscType;
    skipBlocks(tap, () => {
      tap.skipString();
      values._skip(tap);
    });
  }

  _write(tap: Tap, map: Record<string, unknown>): void {
    if (typeof map !== 'object' || map === null || Array.isArray(map)) throw new Error('not a map');
    const values = this.valuesType as avsc.Type & AvscType;
    const keys = Object.keys(map);
    if (keys.length > 0) writeLong(tap, keys.length);
    for (const key of keys) {
      if (!key.isWellFormed()) throw new Error(`the key ${JSON.stringify(key)} is not valid Unicode`);
      tap.writeString(key);
      values._write(tap, map[key]);
    }
    writeLong(tap, 0);
  }
}

function skipBlocks(tap: Tap, skipItem: () => void): void {
  for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
    for (; count > 0; count--) {
      skipItem();
      requireInside(tap);
    }
  }
}

function blockCount(tap: Tap): number {
  let count = readLong(tap);
  if (count < 0) {
    count = -count;
    readLong(tap); // The size of the block in bytes, for who skips it.
  }
  if (count > Math.max(tap.buf.length - tap.pos, ZERO_SIZE_ITEMS)) throw new Error(`a block of ${count} items`);
  return count;
}

function requireInside(tap: Tap): void {
  if (isPastEnd(tap)) throw new Error('the bytes end inside an array or map');
}

/** Sets an own property, whatever its name. */
export function setKey(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value;
  else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}
