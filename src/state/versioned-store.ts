/**
 * A table's rows with their history, over two stores: the newest version of each key in one that is like that of any
 * other table; in the other, by the time at which they ended, the older versions and the gaps between them.
 *
 * The history of a key has no holes: each version (or gap, where there was no row) ends where the next one begins, and
 * the last one ends where the newest version begins, or where the row was deleted. So a look-up at a time finds the first
 * that ends after it. What ended before the newest time of the store minus the retention is seen no more.
 *
 * Which row counts as the newest of its key is as in Kafka Streams, also where that is odd: a deletion at the very time
 * of the newest version leaves no trace if nothing was valid right before.
 */
import type { KeyValueStore, ReadOnlyKeyValueStore, ReadOnlyTimedStore, Row, TimedStore } from './store.ts';

/** A row as it was for a time. */
export interface Version<V> {
  /** The time from which it was so, ms; inclusive. */
  readonly from: number;
  /** Null: there was no row. */
  readonly value: V | null;
}

/** Where a row went: it is the newest of its key, or older than one, or too old to be stored. */
export type Place = 'newest' | 'older' | 'expired';

export interface ReadOnlyVersionedStore<K, V> {
  readonly name: string;
  /** The newest version of a key; `asOf` a time (ms), the one that was valid then. */
  get(key: K, asOf?: number): Row<V> | undefined;
}

/** The mark of the history that keeps the newest time. */
const TIME = 'time';
const FOREVER = Number.MAX_SAFE_INTEGER;

/** Looks up versions in the two stores of a table. */
export class VersionedView<K, V> implements ReadOnlyVersionedStore<K, V> {
  readonly name: string;
  readonly #newest: ReadOnlyKeyValueStore<K, V>;
  readonly #history: ReadOnlyTimedStore<K, Version<V>>;
  readonly #retentionMs: number;

  constructor(newest: ReadOnlyKeyValueStore<K, V>, history: ReadOnlyTimedStore<K, Version<V>>, retentionMs: number) {
    this.name = newest.name;
    this.#newest = newest;
    this.#history = history;
    this.#retentionMs = retentionMs;
  }

  /** The newest time of any key, ms; -1 before the first. */
  get time(): number {
    return this.#history.mark(TIME) ?? -1;
  }

  get(key: K, asOf?: number): Row<V> | undefined {
    const newest = this.#newest.get(key);
    if (asOf === undefined || (newest !== undefined && newest.timestamp <= asOf)) return newest;
    if (asOf < this.time - this.#retentionMs) return undefined;
    const version = this.#history.fetch(key, asOf + 1, FOREVER)[0]?.value;
    if (version === undefined || version.value === null || version.from > asOf) return undefined;
    return { value: version.value, timestamp: version.from };
  }
}

export class VersionedStore<K, V> extends VersionedView<K, V> {
  readonly #rows: KeyValueStore<K, V>;
  readonly #versions: TimedStore<K, Version<V>>;
  readonly #retention: number;

  constructor(newest: KeyValueStore<K, V>, history: TimedStore<K, Version<V>>, retentionMs: number) {
    super(newest, history, retentionMs);
    this.#rows = newest;
    this.#versions = history;
    this.#retention = retentionMs;
  }

  /** Null deletes, as of `timestamp`. `newest` is what `get` says of the key, for who knows it. */
  put(key: K, value: V | null, timestamp: number, newest = this.get(key)): Place {
    const { time } = this;
    if (timestamp > time) this.#versions.setMark(TIME, timestamp);
    else if (timestamp < time - this.#retention) return 'expired';
    if (newest !== undefined && timestamp >= newest.timestamp) {
      if (timestamp > newest.timestamp) {
        const end = this.#endOf(key, newest);
        this.#append(key, { from: newest.timestamp, value: newest.value }, { end, to: timestamp });
      }
      this.#rows.put(key, value, timestamp);
      return 'newest';
    }
    const end = this.#endOf(key, newest);
    if (end !== undefined && timestamp < end) {
      this.#insert(key, { from: timestamp, value });
      return 'older';
    }
    if (newest !== undefined) {
      this.#append(key, { from: timestamp, value }, { end, to: newest.timestamp });
      return 'older';
    }
    if (value !== null) this.#rows.put(key, value, timestamp);
    // The end of the history is a deletion already; a row that never was begins and ends with its deletion.
    else if (end !== timestamp) this.#write(key, { from: end ?? timestamp, value }, timestamp);
    return 'newest';
  }

  /** Where the history ends. Mostly that is where the newest version begins, which one look-up tells. */
  #endOf(key: K, newest: Row<V> | undefined): number | undefined {
    if (newest !== undefined && this.#versions.get(key, newest.timestamp) !== undefined) return newest.timestamp;
    return this.#versions.fetch(key, Number.MIN_SAFE_INTEGER, FOREVER, true)[0]?.key.time;
  }

  /** Adds a version to the end of a history, after a gap if there is one. */
  #append(key: K, version: Version<V>, { end, to }: { end: number | undefined; to: number }): void {
    if (end !== undefined && end < version.from) this.#write(key, { from: end, value: null }, version.from);
    this.#write(key, version, to);
  }

  /** Puts a version among those of a history. It is valid until the next one begins. */
  #insert(key: K, version: Version<V>): void {
    const next = this.#versions.fetch(key, version.from + 1, FOREVER)[0];
    if (next === undefined) return;
    const { from, value } = next.value;
    if (from > version.from) this.#write(key, version, from);
    else {
      if (from < version.from) this.#write(key, { from, value }, version.from);
      this.#write(key, version, next.key.time);
    }
  }

  #write(key: K, version: Version<V>, to: number): void {
    this.#versions.put({ key, time: to, order: 0 }, version, version.from);
  }
}
