import avsc from 'avsc';
import { isRecord, isUnion } from './parse-schema.ts';
import { Dictionary, List } from './types/collections.ts';

/**
 * Finds the first field of broken data: walks it by the writer's schema and reads leaf by leaf. Only called once
 * decoding has failed, since avsc's own errors do not name a field.
 */
export function locateFault(writer: avsc.Type, buffer: Buffer, position: number): string | undefined {
  const walk = new FaultFinder(buffer, position);
  try {
    walk.pass(writer, '');
    return undefined;
  } catch (fault) {
    if (fault instanceof Fault) return fault.message;
    // Data can be nested so deep that walking it overflows the stack.
    return undefined;
  }
}

class Fault extends Error {}

const LONG = avsc.Type.forSchema('long');

class FaultFinder {
  readonly #buffer: Buffer;
  #position: number;

  constructor(buffer: Buffer, position: number) {
    this.#buffer = buffer;
    this.#position = position;
  }

  /** Moves past a value. */
  pass(type: avsc.Type, path: string): void {
    if (isRecord(type)) {
      for (const field of type.fields) this.pass(field.type, path === '' ? field.name : `${path}.${field.name}`);
    } else if (isUnion(type)) {
      this.#passUnion(type, path);
    } else if (type instanceof List) {
      this.#passBlocks(path, (index) => this.pass(type.itemsType, `${path}[${index}]`));
    } else if (type instanceof Dictionary) {
      this.#passBlocks(path, () => this.#passEntry(type, path));
    } else {
      this.#read(type, path);
    }
  }

  #passUnion(type: avsc.types.UnwrappedUnionType, path: string): void {
    const index = this.#read(LONG, path) as number;
    const branch = type.types[index];
    if (!branch) throw new Fault(`field ${path} has branch ${index} of a union of ${type.types.length}`);
    this.pass(branch, path);
  }

  #passEntry(type: Dictionary, path: string): void {
    const key = this.#read(avsc.Type.forSchema('string'), `${path} (a key)`);
    this.pass(type.valuesType as avsc.Type, `${path}.${String(key)}`);
  }

  #passBlocks(path: string, passItem: (index: number) => void): void {
    let index = 0;
    for (let count = this.#count(path); count > 0; count = this.#count(path)) {
      for (; count > 0; count--) passItem(index++);
    }
  }

  #count(path: string): number {
    const count = this.#read(LONG, path) as number;
    if (count < 0) this.#read(LONG, path);
    const size = Math.abs(count);
    if (size > this.#buffer.length) throw new Fault(`field ${path} says it has ${size} items`);
    return size;
  }

  #read(type: avsc.Type, path: string): unknown {
    try {
      const { value, offset } = type.decode(this.#buffer, this.#position);
      if (offset < 0) throw new Error('the bytes end inside it');
      this.#position = offset;
      return value;
    } catch (error) {
      throw new Fault(`${path === '' ? 'the value' : `field ${path}`}: ${(error as Error).message}`);
    }
  }
}
