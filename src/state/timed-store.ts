/**
 * The write-behind store of rows that are ordered by a time, over any table: windows, sessions, buffers of joins,
 * versions. The life of a write is that of `StagedStore`: put, seal, committed, drain, drained.
 *
 * - The cache holds buckets: all rows of a key, in order. A look-up finds its bucket, then searches in it. A bucket is
 *   read from the table when its key is first met, and not even then while the cache is known to hold everything, or the
 *   table is known to have no such key (`RowsByKey`).
 * - By time, rows are found in two places: those changed since the table was last written (`UnwrittenTimes`), all others
 *   by the index of the table.
 * - A row that was made and deleted between two commits leaves no trace: sessions do so with almost every record.
 * - Rows that are too old are hidden at once, and nobody writes of them any more: the table drops them by their times, as
 *   does who reads the changelog, and the changelog is truncated behind them (`ChangelogTrim`).
 */
import type { Columns, SqlValue } from '../serde/serde.ts';
import { assert } from '../util/assert.ts';
import { BucketCache } from './bucket-cache.ts';
import { FIRST_TIME, LAST_TIME } from './committed-times.ts';
import { ConfirmedChanges } from './confirmed-changes.ts';
import { Generation } from './generation.ts';
import { identityOf, type KeyIdentity } from './key-identity.ts';
import { hasNull, refuseNull } from './key-nulls.ts';
import { compareKeys } from './key-order.ts';
import type { Entry, Row, TimedKey, TimedStore } from './store.ts';
import { StoreMarks } from './store-marks.ts';
import { TimeIndex } from './time-index.ts';
import { TimedBucket, type TimedSlot } from './timed-bucket.ts';
import { TimedChange } from './timed-change.ts';
import { isMark, NEWEST, type TimedStoreSpec } from './timed-key.ts';
import { TimedChanges, type TimedTable } from './timed-table.ts';

export interface TimedStagedStoreOptions<K, V> {
  readonly spec: TimedStoreSpec<K, V>;
  readonly table: TimedTable<K, V>;
  /** How many decoded rows are kept in memory. Unwritten changes come on top. Default 100 000. */
  readonly cacheEntries?: number;
}

/** The time of a store when a generation was sealed. */
export interface SealedTime {
  readonly newest: number;
  /** The part of the changelog that it is in, each a fraction of the retention. */
  readonly part: number;
}

/** Into how many parts of the retention the changelog falls, of which whole ones can be cut off. */
const PARTS = 16;

export class TimedStagedStore<K, V> implements TimedStore<K, V> {
  readonly name: string;
  readonly #table: TimedTable<K, V>;
  readonly #columns: Columns<TimedKey<K>>;
  readonly #keyColumns: Columns<K>;
  readonly #index: readonly number[];
  readonly #retentionMs: number;
  readonly #cache: BucketCache<K, V>;
  /** What the table does not hold yet, by time; made when it is first asked for. */
  #unwritten: TimeIndex<K, V> | undefined;
  readonly #confirmed: ConfirmedChanges<TimedKey<K>, V>;
  #confirmedUpTo = 0;
  #sealed: Generation<TimedKey<K>, V>[] = [];
  #current = new Generation<TimedKey<K>, V>(1);
  readonly #marks: StoreMarks;
  #newest = -1;
  /** Rows up to it are too old. */
  #horizon = FIRST_TIME;
  /** The part of time in which the last generation was sealed. */
  #part: number | undefined = Number.NaN;
  /** While it is so, a key that is not in the cache is not in the table. */
  #cacheHasAll = false;
  #drained: TimedChanges<K, V> | undefined;

  constructor({ spec, table, cacheEntries = 100_000 }: TimedStagedStoreOptions<K, V>) {
    this.name = spec.name;
    this.#table = table;
    this.#columns = spec.key.columns;
    this.#keyColumns = spec.timed.key.columns;
    this.#index = spec.index ?? [];
    this.#retentionMs = spec.timed.retentionMs;
    this.#cache = new BucketCache(cacheEntries);
    // As long as a row is not written, all its changes share one key object.
    this.#confirmed = new ConfirmedChanges<TimedKey<K>, V>({ identity: (key) => key, bornOf: TimedChange.bornOf });
    this.#marks = new StoreMarks(spec.name, new Map());
    this.#recall();
  }

  get newest(): number {
    return this.#newest;
  }

  get(key: K, time: number, order = 0): Row<V> | undefined {
    if (time <= this.#horizon) return undefined;
    const slot = this.#found(key)?.find(time, order);
    // A slot of a bucket is a row: its value is not null.
    return slot?.change as Row<V> | undefined;
  }

  fetch(key: K, from: number, to: number, reverse = false): readonly Entry<TimedKey<K>, V>[] {
    return this.#found(key)?.within(Math.max(from, this.#horizon + 1), to, reverse) ?? [];
  }

  fetchAll(from: number, to: number): readonly Entry<TimedKey<K>, V>[] {
    const first = Math.max(from, this.#horizon + 1);
    const rows: Entry<TimedKey<K>, V>[] = [];
    for (const { change } of this.#byTime.within(first, to)) rows.push(change as Entry<TimedKey<K>, V>);
    for (const row of this.#table.times.within(first, to)) if (this.#isUnchanged(row)) rows.push(row);
    return this.#sorted(rows, (columns) => this.#index.map((at) => columns[at] ?? null));
  }

  times(from: number, limit: number): readonly number[] {
    const first = Math.max(from, this.#horizon + 1);
    const committed = this.#table.times.first(first, limit, this.#isUnchanged);
    const unwritten = this.#byTime.first(first, limit);
    if (committed.length === 0) return unwritten;
    return [...unwritten, ...committed].sort((a, b) => a - b).slice(0, limit);
  }

  get lastTime(): number | undefined {
    const committed = this.#table.times.last(this.#isUnchanged) ?? FIRST_TIME;
    const last = Math.max(committed, this.#byTime.last ?? FIRST_TIME);
    return last <= this.#horizon ? undefined : last;
  }

  all(): readonly Entry<TimedKey<K>, V>[] {
    const rows: Entry<TimedKey<K>, V>[] = [];
    for (const { change } of this.#byTime.within(this.#horizon + 1, LAST_TIME)) {
      rows.push(change as Entry<TimedKey<K>, V>);
    }
    for (const row of this.#table.range({})) {
      if (row.key.time > this.#horizon && this.#isUnchanged(row)) rows.push(row);
    }
    return this.#sorted(rows, (columns) => columns);
  }

  put(at: TimedKey<K>, value: V | null, timestamp: number): void {
    const { time } = at;
    if (time > this.#newest) this.#advance(time);
    if (time <= this.#horizon) return;
    const bucket = this.#bucket(at.key);
    if (bucket === undefined) {
      refuseNull(this.name, at.key, this.#keyColumns);
      return;
    }
    const slot = bucket.find(time, at.order);
    if (value === null) {
      if (slot !== undefined) this.#delete(bucket, slot, timestamp);
    } else if (slot === undefined) this.#insert(bucket, at, value, timestamp);
    else this.#change(bucket, slot, value, timestamp);
  }

  append(key: K, time: number, value: V, timestamp: number): void {
    if (time > this.#newest) this.#advance(time);
    if (time <= this.#horizon) return;
    const bucket = this.#bucket(key);
    if (bucket === undefined) {
      refuseNull(this.name, key, this.#keyColumns);
      return;
    }
    this.#insert(bucket, { key, time, order: bucket.nextOrder(time) }, value, timestamp);
  }

  mark(name: string): number | undefined {
    return this.#marks.get(name);
  }

  setMark(name: string, value: number): void {
    this.#marks.set(name, value);
  }

  // --- the commit ---------------------------------------------------------------------------------------------------

  /** How many rows were written since the last `seal`. */
  get unsealed(): number {
    return this.#current.size;
  }

  /** Ends the current generation; writes from now on belong to the next one. */
  seal(): Generation<TimedKey<K>, V> {
    const sealed = this.#current;
    const horizon = this.#horizon;
    if (horizon !== FIRST_TIME) sealed.retain(({ key }) => key.time > horizon);
    if (this.#newest >= 0) this.#marks.set(NEWEST, this.#newest);
    // Each part of the changelog has all marks: those before it may be cut off.
    const part = this.sealedTime?.part;
    if (part !== this.#part) this.#marks.renew();
    this.#part = part;
    for (const change of this.#marks.take<K, V>()) sealed.add(change);
    this.#sealed.push(sealed);
    this.#current = new Generation(sealed.number + 1);
    return sealed;
  }

  /** The time of now; undefined where rows stay for ever. */
  get sealedTime(): SealedTime | undefined {
    if (!Number.isFinite(this.#retentionMs)) return undefined;
    return { newest: this.#newest, part: Math.floor((this.#newest * PARTS) / this.#retentionMs) };
  }

  /** The log has confirmed it. Generations are confirmed in the order of `seal`. */
  committed(generation: Generation<TimedKey<K>, V>): void {
    assert(this.#sealed[0] === generation, `generation ${generation.number} of ${this.name} is not the oldest sealed`);
    this.#sealed.shift();
    this.#confirmed.add(generation, this.#cache.cleanUpTo);
    this.#confirmedUpTo = generation.number;
    this.#drained = undefined;
  }

  /** How many confirmed changes wait for `drain`. */
  get waiting(): number {
    return this.#confirmed.size;
  }

  /** All confirmed changes, one a key. They stay staged until `drained`. */
  drain(): TimedChanges<K, V> {
    this.#drained = new TimedChanges(this.#confirmed);
    return this.#drained;
  }

  /** What `drain` gave is in the table. */
  drained(): void {
    assert(this.#drained !== undefined, `drained without drain in ${this.name}`);
    this.#table.written(this.#drained, this.#cache.cleanUpTo);
    this.#drained = undefined;
    this.#confirmed.clear();
    this.#cache.cleanUpTo = this.#confirmedUpTo;
    this.#unwritten?.retain((slot) => slot.generation > this.#confirmedUpTo);
  }

  /** Drops everything, staged or cached, and reads the table anew: after others have written to it. */
  reset(): void {
    this.#sealed = [];
    this.#current = new Generation(this.#current.number + 1);
    this.#confirmed.clear();
    this.#drained = undefined;
    this.#cache.clear();
    this.#unwritten = undefined;
    this.#table.reset();
    this.#recall();
  }

  // --- internals ----------------------------------------------------------------------------------------------------

  /** For readers: undefined where the key is known to have no rows, which then takes no place in the cache. */
  #found(key: K): TimedBucket<K, V> | undefined {
    const id = identityOf(key, this.#keyColumns);
    return this.#cache.find(id) ?? (this.#mayBeInTable(id) ? this.#loaded(key, id) : undefined);
  }

  /** Undefined where the key has a null in it, which no store can hold. */
  #bucket(key: K): TimedBucket<K, V> | undefined {
    const id = identityOf(key, this.#keyColumns);
    return this.#cache.find(id) ?? this.#loaded(key, id);
  }

  #loaded(key: K, id: KeyIdentity): TimedBucket<K, V> | undefined {
    if (hasNull(key, this.#keyColumns)) return undefined;
    const bucket = new TimedBucket<K, V>(this.#mayBeInTable(id) ? this.#read(key, id) : []);
    this.#cache.add(id, bucket);
    return bucket;
  }

  #mayBeInTable(id: KeyIdentity): boolean {
    return (!this.#cacheHasAll || this.#cache.hasDropped) && this.#table.byKey.mayHave(id);
  }

  #read(key: K, id: KeyIdentity): TimedSlot<K, V>[] {
    const rows = this.#table.byKey.rowsOf(key, id, this.#horizon);
    return rows.map((row) => ({
      change: new TimedChange<K, V>(row.key, row.value, row.timestamp, 0),
      generation: 0,
      index: -1,
    }));
  }

  #insert(bucket: TimedBucket<K, V>, at: TimedKey<K>, value: V, timestamp: number): void {
    const generation = this.#current;
    const revived = bucket.revive(at.time, at.order, this.#cache.cleanUpTo);
    const { key, born } = revived?.change ?? { key: at, born: generation.number };
    const change = new TimedChange<K, V>(key, value, timestamp, born);
    let slot = revived;
    if (slot === undefined) slot = { change, generation: generation.number, index: generation.add(change) };
    else this.#stage(slot, change);
    this.#unwritten?.add(slot);
    bucket.expire(this.#horizon);
    bucket.insert(slot);
    bucket.generation = generation.number;
    this.#cache.grown(bucket);
  }

  #change(bucket: TimedBucket<K, V>, slot: TimedSlot<K, V>, value: V, timestamp: number): void {
    if (slot.generation <= this.#cache.cleanUpTo) this.#unwritten?.add(slot);
    this.#stage(slot, new TimedChange<K, V>(slot.change.key, value, timestamp, slot.change.born));
    bucket.generation = slot.generation;
  }

  #delete(bucket: TimedBucket<K, V>, slot: TimedSlot<K, V>, timestamp: number): void {
    const { key, born } = slot.change;
    if (slot.generation > this.#cache.cleanUpTo) this.#unwritten?.remove(slot);
    bucket.remove(slot);
    if (born === this.#current.number) {
      this.#current.remove(slot.index);
      return;
    }
    this.#stage(slot, new TimedChange<K, V>(key, null, timestamp, born));
    bucket.generation = slot.generation;
    bucket.buried(slot);
  }

  /** Puts a further change of a row into the current generation. */
  #stage(slot: TimedSlot<K, V>, change: TimedChange<K, V>): void {
    const generation = this.#current;
    if (slot.generation === generation.number) generation.replace(slot.index, change);
    else slot.index = generation.add(change);
    slot.generation = generation.number;
    slot.change = change;
  }

  #advance(time: number): void {
    this.#newest = time;
    const horizon = time - this.#retentionMs;
    this.#horizon = Number.isFinite(horizon) && time >= 0 ? horizon : FIRST_TIME;
  }

  /** Takes up what the table says. */
  #recall(): void {
    const marks = this.#table.marks();
    this.#marks.reset(marks);
    this.#advance(marks.get(NEWEST) ?? -1);
    this.#part = Number.NaN;
    this.#cacheHasAll = this.#table.isEmpty();
  }

  get #byTime(): TimeIndex<K, V> {
    this.#unwritten ??= this.#indexUnwritten();
    return this.#unwritten;
  }

  #indexUnwritten(): TimeIndex<K, V> {
    const slots = new Set<TimedSlot<K, V>>();
    for (const changes of [this.#confirmed, ...this.#sealed, this.#current]) {
      for (const { key } of changes) {
        if (isMark(key)) continue;
        const slot = this.#cache.peek(this.#idOf(key))?.find(key.time, key.order);
        if (slot !== undefined && slot.generation > this.#cache.cleanUpTo) slots.add(slot);
      }
    }
    const index = new TimeIndex<K, V>();
    for (const slot of slots) index.add(slot);
    return index;
  }

  /** True where the row is as the table has it: it was neither changed nor deleted since. */
  readonly #isUnchanged = ({ key }: Entry<TimedKey<K>, V>): boolean => {
    const bucket = this.#cache.peek(this.#idOf(key));
    if (bucket === undefined) return true;
    const slot = bucket.find(key.time, key.order);
    return slot !== undefined && slot.generation <= this.#cache.cleanUpTo;
  };

  #idOf(at: TimedKey<K>): KeyIdentity {
    return identityOf(at.key, this.#keyColumns);
  }

  #sorted(
    rows: Entry<TimedKey<K>, V>[],
    by: (columns: readonly SqlValue[]) => readonly SqlValue[],
  ): readonly Entry<TimedKey<K>, V>[] {
    if (rows.length < 2) return rows;
    const keyed = rows.map((row) => {
      const columns = this.#columns.write(row.key);
      return { columns: [...by(columns), ...columns], row };
    });
    return keyed.sort((a, b) => compareKeys(a.columns, b.columns)).map(({ row }) => row);
  }
}
