import type { Columns } from '../serde/serde.ts';
import { FIRST_TIME, LAST_TIME } from './committed-times.ts';
import { KeyFilter } from './key-filter.ts';
import { identityOf, type KeyIdentity } from './key-identity.ts';
import { hasNull } from './key-nulls.ts';
import { RowCache } from './row-cache.ts';
import type { Change, CommittedTable, TimedKey } from './store.ts';
import { type BucketOwner, TimedBucket } from './timed-bucket.ts';
import { TimedChange } from './timed-change.ts';
import type { TimedRows, TimedSlot } from './timed-rows.ts';

/**
 * Rows in buckets: a key that is in the cache is there with all its rows. A bucket is read from the table, which has the
 * order of keys, when its key is first met, and not even then while the cache is known to hold everything, or a filter
 * knows that the table has no such key.
 */
export class BucketRows<K, V> implements TimedRows<K, V>, BucketOwner<K, V> {
  readonly #table: CommittedTable<TimedKey<K>, V>;
  readonly #columns: Columns<K>;
  readonly #cache: RowCache<TimedBucket<K, V>>;
  /** The keys of the table's rows. */
  readonly #keys = new KeyFilter();
  /** While it is so, a key that is not in the cache is not in the table. */
  #cacheHasAll = false;

  constructor(table: CommittedTable<TimedKey<K>, V>, columns: Columns<K>, cacheEntries: number) {
    this.#table = table;
    this.#columns = columns;
    // An empty bucket takes room too.
    this.#cache = new RowCache(cacheEntries, ({ size }) => Math.max(1, size));
  }

  get writtenUpTo(): number {
    return this.#cache.cleanUpTo;
  }

  /** What has no rows takes no place in the cache. */
  of(key: K, after: number): TimedBucket<K, V> | undefined {
    const id = identityOf(key, this.#columns);
    return this.#cache.find(id) ?? (this.#mayBeInTable(id) ? this.#loaded(key, id, after) : undefined);
  }

  open(key: K, after: number): TimedBucket<K, V> | undefined {
    const id = identityOf(key, this.#columns);
    const bucket = this.#cache.find(id) ?? this.#loaded(key, id, after);
    bucket?.expire(after);
    return bucket;
  }

  slotOf(at: TimedKey<K>): TimedSlot<K, V> | null | undefined {
    const bucket = this.#cache.peek(identityOf(at.key, this.#columns));
    if (bucket === undefined) return undefined;
    return bucket.find(at.time, at.order) ?? null;
  }

  grown(bucket: TimedBucket<K, V>): void {
    if (bucket.size > 1) this.#cache.grown();
  }

  revived({ key, time }: TimedKey<K>): void {
    this.#keys.add(identityOf(key, this.#columns), time);
  }

  written(changes: readonly Change<TimedKey<K>, V>[], upTo: number, after: number): void {
    for (const change of changes) {
      const { key, value } = change;
      const isNew = value !== null && TimedChange.bornOf(change) > this.writtenUpTo;
      if (isNew) this.#keys.add(identityOf(key.key, this.#columns), key.time);
    }
    this.#keys.expire(after);
    this.#cache.cleanUpTo = upTo;
  }

  keep(rows: number): void {
    this.#cache.limit = rows;
  }

  reset(newest: number): void {
    this.#cache.clear();
    this.#cacheHasAll = this.#table.isEmpty();
    this.#keys.forget(this.#cacheHasAll ? Number.NEGATIVE_INFINITY : newest);
  }

  #mayBeInTable(id: KeyIdentity): boolean {
    return (!this.#cacheHasAll || this.#cache.hasDropped) && this.#keys.mayHave(id);
  }

  #loaded(key: K, id: KeyIdentity, after: number): TimedBucket<K, V> | undefined {
    if (hasNull(key, this.#columns)) return undefined;
    const bucket = new TimedBucket<K, V>(this, this.#mayBeInTable(id) ? this.#read(key, after) : []);
    this.#cache.add(id, bucket);
    return bucket;
  }

  #read(key: K, after: number): TimedSlot<K, V>[] {
    const from = { key, time: Math.max(FIRST_TIME, after + 1), order: FIRST_TIME };
    const to = { key, time: LAST_TIME, order: LAST_TIME };
    return Array.from(this.#table.range({ from, to }), (row) => ({
      change: new TimedChange<K, V>(row.key, row.value, row.timestamp, 0),
      generation: 0,
      index: -1,
    }));
  }
}
