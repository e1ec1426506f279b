import type { Serde } from '../serde/serde.ts';

/** A key of a JavaScript Map that stands for a store's key. */
export type KeyIdentity = string | number | bigint;

/** Primitives are their own identity; other keys are known by their columns. */
export function keyIdentity<K>(serde: Serde<K>): (key: K) => KeyIdentity {
  return (key) => {
    if (typeof key === 'string' || typeof key === 'number' || typeof key === 'bigint') return key;
    return serde.columns
      .write(key)
      .map((column) => (column instanceof Buffer ? `x${column.toString('hex')}` : `${typeof column}${column}`))
      .join('\u0000');
  };
}
