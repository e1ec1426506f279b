import type { Change, Entry, TimedKey } from './store.ts';
import type { TimedChange } from './timed-change.ts';

/** The newest state of one row. Slots are changed in place, the changes in them are not. */
export interface TimedSlot<K, V> {
  /** Null as its value: the row is deleted. */
  change: TimedChange<K, V>;
  /** The generation that changed it last; 0 where it is as the table has it. */
  generation: number;
  /** Its place in that generation. */
  index: number;
}

/**
 * The rows of a timed store, by their keys: those in memory, changed or not, and those that are in the table only. Two ways
 * to keep them:
 *
 * - `BucketRows`: all rows of a key together, in their order. For windows, sessions and versions, where a key has many.
 * - `FlatRows`: each row for itself. For buffers of joins, where most keys have one, written once and read a few times.
 */
export interface TimedRows<K, V> {
  /**
   * The rows of a key, to be read; undefined where it is known to have none. Good until the next call. Rows up to the
   * time `after` are of no interest any more.
   */
  of(key: K, after: number): RowsOfKey<K, V> | undefined;
  /** The same, to be written too; undefined where the key has a null in it, which no store can hold. */
  open(key: K, after: number): RowsOfKey<K, V> | undefined;
  /** The slot of a row that is in the table; undefined where it is not in memory, null where the row is deleted. */
  slotOf(at: TimedKey<K>): TimedSlot<K, V> | null | undefined;
  /** Generations up to this one are in the table. */
  readonly writtenUpTo: number;
  /** The table has these changes now, which are all up to a generation. Rows up to the time `after` are gone. */
  written(changes: readonly Change<TimedKey<K>, V>[], upTo: number, after: number): void;
  /** How many rows that the table has are kept in memory too. */
  keep(rows: number): void;
  /** Forgets what is in memory: the table was changed by others, to no time later than `newest`. */
  reset(newest: number): void;
}

export interface RowsOfKey<K, V> {
  find(time: number, order: number): TimedSlot<K, V> | undefined;
  /** Rows from one time to another, both inclusive, in their order. */
  within(from: number, to: number): Entry<TimedKey<K>, V>[];
  /** The order of one more row at a time, behind those that are there. */
  nextOrder(time: number): number;
  /** The slot of a row whose deletion the table does not have yet: it counts as a row again, and gets another change. */
  revive(time: number, order: number): TimedSlot<K, V> | undefined;
  /** Adds a row that is not there. */
  insert(slot: TimedSlot<K, V>): void;
  /** A row was changed in its slot. */
  changed(slot: TimedSlot<K, V>): void;
  /** A row is no more; with a trace, the table is still to hear of it. */
  remove(slot: TimedSlot<K, V>, leavesTrace: boolean): void;
}
