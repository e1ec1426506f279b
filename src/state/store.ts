/**
 * The contracts of state. Operators see a `KeyValueStore`; behind it stands one write-behind store for all back ends
 * (`staged-store.ts`) and a back end that holds committed rows only (`sqlite/`, `memory/`).
 *
 * - A read sees every write of the same task at once, committed or not.
 * - Nothing uncommitted is ever in the back end: writes are staged, sealed into a generation when a commit begins, and
 *   handed to the back end when the log has confirmed it. A failed commit drops all generations.
 * - Keys are ordered by their columns, as SQLite's BINARY collation does: integers by value, text by its UTF-8 bytes,
 *   blobs by bytes.
 */
import type { Serde } from '../serde/serde.ts';

/**
 * A value with its time. Null as a value is a deletion; a store holds no nulls.
 *
 * @see `ProcessorStore`
 */
export interface Row<V> {
  readonly value: V;
  /** Event time of the record that wrote it, ms. */
  readonly timestamp: number;
}

/**
 * A row with its key.
 *
 * @see `ProcessorStore`
 */
export interface Entry<K, V> extends Row<V> {
  readonly key: K;
}

/**
 * Which keys a range takes, and in which order; all of them where nothing is said.
 *
 * @see `ProcessorStore`
 */
export interface RangeQuery<K> {
  /** Inclusive. */
  readonly from?: K;
  /** Inclusive, as in Kafka Streams. */
  readonly to?: K;
  /** Only keys whose first text column begins with it. */
  readonly prefix?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface ReadOnlyKeyValueStore<K, V> {
  readonly name: string;
  get(key: K): Row<V> | undefined;
  /** Rows in key order. The iteration sees the store as it was when it began. */
  range(query?: RangeQuery<K>): Iterable<Entry<K, V>>;
}

export interface KeyValueStore<K, V> extends ReadOnlyKeyValueStore<K, V> {
  /** Null deletes. */
  put(key: K, value: V | null, timestamp: number): void;
}

// --- rows in the order of a time ------------------------------------------------------------------------------------

/**
 * A key at a time. `order` tells rows of the same key and time apart; 0 where there can be one only. In a store of
 * windows the time is their start; of sessions their end, and the order their start; of buffered records their
 * timestamp, and the order counts arrivals; of versions the time at which they end. All are ms, or counts.
 */
export interface TimedKey<K> {
  readonly key: K;
  readonly time: number;
  readonly order: number;
}

/**
 * Rows of each key in the order of time and order. A row is seen while `time > newest - retention`; older ones are as
 * good as gone at once. The table loses them with the next write, the changelog when it is truncated.
 */
export interface ReadOnlyTimedStore<K, V> {
  readonly name: string;
  /** The largest time ever written, by any key, deletions too; -1 before the first. */
  readonly newest: number;
  get(key: K, time: number, order?: number): Row<V> | undefined;
  /** The rows of a key from one time to another, both inclusive. */
  fetch(key: K, from: number, to: number, reverse?: boolean): readonly Entry<TimedKey<K>, V>[];
  /** The rows of all keys from one time to another, both inclusive, by time, then key; of sessions by end, start, key. */
  fetchAll(from: number, to: number): readonly Entry<TimedKey<K>, V>[];
  /** The times of the first rows, one for each row, from a time on (inclusive), ascending; at most `limit`. */
  times(from: number, limit: number): readonly number[];
  /** The time of the last row that there is now; undefined where there is none. */
  readonly lastTime: number | undefined;
  /** All rows by key, then time. For queries: it looks at every row. */
  all(): readonly Entry<TimedKey<K>, V>[];
  /** A time (or count) that belongs to the store as a whole, by its name; undefined where it was never set. */
  mark(name: string): number | undefined;
}

export interface TimedStore<K, V> extends ReadOnlyTimedStore<K, V> {
  /** Null deletes. A row that is too old to be seen is not stored. The store keeps `at`, so it must not be changed. */
  put(at: TimedKey<K>, value: V | null, timestamp: number): void;
  /** Puts a row behind those of the same key and time: its order is the next one there. */
  append(key: K, time: number, value: V, timestamp: number): void;
  /** Kept with the rows, and as safe as they are. The name has 1 to 7 ASCII characters, the value is not negative. */
  setMark(name: string, value: number): void;
}

/**
 * What is known of a store before it is opened. The name owns the table and the changelog topic.
 *
 * @see `StateBackend`
 */
export interface StoreSpec<K, V> {
  readonly name: string;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** Key columns by which rows are also found in order, the first of them an integer: see `CommittedTable.byIndex`. */
  readonly index?: readonly number[];
  /**
   * False: rows are found by their whole keys and by the index only, and a range of keys looks at every row. To keep rows
   * in the order of their keys too is three quarters of the cost of writing them.
   */
  readonly keyOrder?: boolean;
}

// --- back ends ------------------------------------------------------------------------------------------------------

/**
 * Committed rows of one store and one task. Only `StateBackend.commit` changes them.
 *
 * @see `StateBackend`
 */
export interface CommittedTable<K, V> {
  get(key: K): Row<V> | undefined;
  /**
   * Rows in the order of the columns of their keys: integers by value, text by its UTF-8 bytes, blobs by bytes. The
   * iteration sees the table as it was when it began.
   */
  range(query: RangeQuery<K>): Iterable<Entry<K, V>>;
  /**
   * Rows whose first indexed column is within both bounds, in the order of the index, or from its end. Only where the
   * spec has one.
   */
  byIndex(from: number, to: number, limit?: number, reverse?: boolean): readonly Entry<K, V>[];
  /** The keys of all rows, in any order. Whoever begins to read them reads on to the end before asking anything else. */
  keys(): Iterable<K>;
  /** True where it holds no rows: a store that was never written need not be asked. */
  isEmpty(): boolean;
  /**
   * Upserts rows and deletes those with a null value. In any order, and of several changes of a key the last one counts;
   * in key order is fastest. Only inside `StateBackend.commit`.
   */
  write(changes: Iterable<Change<K, V>>): void;
  /** Deletes the rows whose first indexed column is at most this. Only inside `StateBackend.commit`. */
  expire(upTo: number): void;
  /** Deletes all rows. Only inside `StateBackend.commit`. */
  clear(): void;
}

/**
 * What a commit makes of a row: its new value, or, where that is null, that it is deleted.
 *
 * @see `CommittedTable`
 */
export interface Change<K, V> {
  readonly key: K;
  readonly value: V | null;
  readonly timestamp: number;
}

/**
 * What a commit writes beside rows: how far its inputs and changelogs are contained in the rows.
 *
 * @see `StateBackend`
 */
export interface Checkpoint {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read: everything before it is in the file. */
  readonly offset: number;
  /** Of an input: the largest timestamp seen (partition time). -1 for a changelog. */
  readonly time: number;
}

/**
 * Who a worker is, to its group and to the log. It is made once and kept as long as the rows: a worker that comes back with
 * it has its place again, and shuts out whoever ran under it before.
 *
 * @see `StateBackend`
 */
export interface Identity {
  readonly memberId: string;
  readonly transactionalId: string;
}

/**
 * Where committed state lives: a state file, or memory. One a stream thread. Opening a file of another application, of a
 * newer format, or one that another process has open, throws STATE_FILE_FOREIGN, STATE_FILE_NEWER, STATE_FILE_LOCKED.
 *
 * @example
 * // One of your own may leave the rows to another one, and do something beside.
 * import { TopologyTestDriver } from 'millrace/testing';
 *
 * class Noting extends MemoryBackend {
 *   readonly stores = new Set<string>();
 *
 *   override table<K, V>(store: StoreSpec<K, V>, partition: number): CommittedTable<K, V> {
 *     this.stores.add(store.name);
 *     return super.table(store, partition);
 *   }
 * }
 *
 * const backend = new Noting();
 * const pages = topology('pages', (flow) => {
 *   flow.stream('clicks', { key: string(), value: string() }).pipe(groupByKey(), count('clicks-per-user'));
 * });
 * await TopologyTestDriver.open(pages, { backend });
 * [...backend.stores]; // → ['clicks-per-user']
 */
export interface StateBackend {
  readonly identity: Identity;
  /**
   * Notes which partitions of these stores are processed here, until it is called again. Rows of other partitions stay, so
   * that they need not be restored if they come back, but who reads the file does not see them: they may be stale.
   * A back end that nobody reads from outside needs no such thing.
   */
  own?(stores: readonly string[], isHere: (store: string, partition: number) => boolean): void;
  /** The table of a store in one task (partition). Makes it, or adds the columns it lacks. */
  table<K, V>(store: StoreSpec<K, V>, partition: number): CommittedTable<K, V>;
  /** Those of the commits so far, the newest of each partition, without the forgotten ones. */
  checkpoints(): readonly Checkpoint[];
  /** Runs `write` and stores the checkpoints in one transaction; on an error nothing of it is kept. */
  commit(write: () => void, checkpoints: readonly Checkpoint[]): void;
  /**
   * Forgets checkpoints, so that what they stand for is read anew. Used only with `clear` of the tables, and inside the
   * same `commit`: a crash between the two would leave rows that nobody knows to be stale.
   */
  forget(partitions: readonly { readonly topic: string; readonly partition: number }[]): void;
  close(): void;
}
