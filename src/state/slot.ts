import type { Change } from './store.ts';

/** The newest state of a key. Slots are changed in place, so that a write of a hot key costs one look-up. */
export interface Slot<K, V> {
  /** Null as its value: the key has no row. */
  change: Change<K, V>;
  /** The generation that wrote it; 0 where it was read from the table. */
  generation: number;
  /** Its place in that generation. */
  index: number;
}
