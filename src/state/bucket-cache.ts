import type { KeyIdentity } from './key-identity.ts';
import type { TimedBucket } from './timed-bucket.ts';

/**
 * A bounded cache of buckets, nearly least recently used, as `SlotCache` is of slots: new and used ones are in `young`;
 * when they have half of the limit's rows, it becomes `old`, and what was left in `old` is dropped. Buckets with changes
 * that the table does not hold yet are never dropped.
 */
export class BucketCache<K, V> {
  /** Generations up to this one are in the table. */
  cleanUpTo = 0;
  /** True from the first time that a bucket was dropped: a miss then says nothing about the table. */
  hasDropped = false;
  #half: number;
  #young = new Map<KeyIdentity, TimedBucket<K, V>>();
  #old = new Map<KeyIdentity, TimedBucket<K, V>>();
  #rows = 0;
  #rotateAt: number;
  #lastId: KeyIdentity;
  #last: TimedBucket<K, V> | undefined;

  constructor(limit: number) {
    this.#half = halfOf(limit);
    this.#rotateAt = this.#half;
  }

  /** Another limit holds from now on; what is too much goes as it is met. */
  set limit(limit: number) {
    this.#rotateAt += halfOf(limit) - this.#half;
    this.#half = halfOf(limit);
  }

  find(id: KeyIdentity): TimedBucket<K, V> | undefined {
    if (id === this.#lastId && this.#last !== undefined) return this.#last;
    const bucket = this.#young.get(id) ?? this.#promote(id);
    if (bucket !== undefined) this.#remember(id, bucket);
    return bucket;
  }

  /** Without counting it as used. */
  peek(id: KeyIdentity): TimedBucket<K, V> | undefined {
    return this.#young.get(id) ?? this.#old.get(id);
  }

  add(id: KeyIdentity, bucket: TimedBucket<K, V>): void {
    if (this.#rows >= this.#rotateAt) this.#rotate();
    this.#young.set(id, bucket);
    this.#rows += weight(bucket);
    this.#remember(id, bucket);
  }

  /** A bucket has one more row. */
  grown(bucket: TimedBucket<K, V>): void {
    if (bucket.size > 1) this.#rows++;
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#rows = 0;
    this.#rotateAt = this.#half;
    this.#last = undefined;
    this.hasDropped = false;
  }

  #promote(id: KeyIdentity): TimedBucket<K, V> | undefined {
    const bucket = this.#old.get(id);
    if (bucket !== undefined) this.add(id, bucket);
    return bucket;
  }

  #remember(id: KeyIdentity, bucket: TimedBucket<K, V>): void {
    this.#lastId = id;
    this.#last = bucket;
  }

  #rotate(): void {
    const kept = new Map<KeyIdentity, TimedBucket<K, V>>();
    let rows = 0;
    for (const [id, bucket] of this.#old) {
      if (this.#young.has(id)) continue;
      if (bucket.generation > this.cleanUpTo) {
        kept.set(id, bucket);
        rows += weight(bucket);
      } else this.hasDropped = true;
    }
    this.#old = this.#young;
    this.#young = kept;
    this.#rows = rows;
    // Twice what had to stay: with more unwritten rows than the limit, the cost of turning stays in proportion.
    this.#rotateAt = this.#half + 2 * rows;
  }
}

/** An empty bucket takes room too. */
function weight(bucket: TimedBucket<unknown, unknown>): number {
  return Math.max(1, bucket.size);
}

function halfOf(limit: number): number {
  return Math.max(1, Math.floor(limit / 2));
}
