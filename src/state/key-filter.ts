import { hashOf, mixed } from './key-hash.ts';
import type { KeyIdentity } from './key-identity.ts';

const HASHES = 4;
const BITS_PER_KEY = 16;
const LEAST_KEYS = 2 ** 12;
const MOST_KEYS = 2 ** 18;
/** Half a megabyte each. With more keys than that, asking the table is as good. */
const MOST_PARTS = 32;

/** Keys that were added one after another: a Bloom filter. */
class Part {
  readonly #bits: Uint32Array;
  readonly #mask: number;
  #left: number;
  /** The largest time with which a key was added. */
  lastTime = Number.NEGATIVE_INFINITY;

  /** A power of two. */
  constructor(keys: number) {
    const bits = keys * BITS_PER_KEY;
    this.#bits = new Uint32Array(bits / 32);
    this.#mask = bits - 1;
    this.#left = keys;
  }

  get isFull(): boolean {
    return this.#left === 0;
  }

  add(hash: number, step: number, time: number): void {
    if (time > this.lastTime) this.lastTime = time;
    let isNew = false;
    for (let n = 0, at = hash; n < HASHES; n++, at = (at + step) | 0) {
      const bit = at & this.#mask;
      const word = this.#bits[bit >>> 5] ?? 0;
      const changed = word | (1 << (bit & 31));
      if (changed === word) continue;
      this.#bits[bit >>> 5] = changed;
      isNew = true;
    }
    if (isNew) this.#left--;
  }

  mayHave(hash: number, step: number): boolean {
    for (let n = 0, at = hash; n < HASHES; n++, at = (at + step) | 0) {
      const bit = at & this.#mask;
      if (((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

/**
 * Knows of most keys that a table does not have that it does not have them, so that it need not be asked: joins of
 * streams look up mostly keys that were never there. It never denies a key that is there.
 *
 * Keys go in with their time, into parts; a part whose last time is past is dropped as a whole.
 */
export class KeyFilter {
  #parts: Part[] = [];
  /** Up to this time the table may have any keys. */
  #unknownUpTo = Number.NEGATIVE_INFINITY;
  #step = 0;

  /** From now on the table may have any keys of times up to this one. */
  forget(upTo: number): void {
    this.#parts = [];
    this.#unknownUpTo = upTo;
  }

  add(id: KeyIdentity, time: number): void {
    if (time <= this.#unknownUpTo) return;
    const hash = this.#hash(id);
    this.#open()?.add(hash, this.#step, time);
  }

  mayHave(id: KeyIdentity): boolean {
    if (this.#unknownUpTo !== Number.NEGATIVE_INFINITY) return true;
    const hash = this.#hash(id);
    for (let at = this.#parts.length - 1; at >= 0; at--) if (this.#parts[at]?.mayHave(hash, this.#step)) return true;
    return false;
  }

  /** Rows up to this time are of no interest any more. */
  expire(upTo: number): void {
    if (upTo >= this.#unknownUpTo) this.#unknownUpTo = Number.NEGATIVE_INFINITY;
    if (this.#parts.some(({ lastTime }) => lastTime <= upTo))
      this.#parts = this.#parts.filter(({ lastTime }) => lastTime > upTo);
  }

  #open(): Part | undefined {
    const last = this.#parts.at(-1);
    if (last !== undefined && !last.isFull) return last;
    if (this.#parts.length === MOST_PARTS) {
      this.forget(Number.POSITIVE_INFINITY);
      return undefined;
    }
    const keys = Math.min(MOST_KEYS, LEAST_KEYS * 4 ** this.#parts.length);
    const part = new Part(keys);
    this.#parts.push(part);
    return part;
  }

  /** The two do not tell of each other; the second one, odd, is left in `#step`. */
  #hash(id: KeyIdentity): number {
    const hash = hashOf(id);
    this.#step = mixed(hash, 0x2c1b3c6d) | 1;
    return mixed(hash, 0x85ebca6b);
  }
}
