/**
 * The write-behind store of rows that are ordered by a time, over any table: windows, sessions, buffers of joins,
 * versions. The life of a write is that of `StagedStore`: put, seal, committed, drain, drained.
 *
 * - The cache holds buckets: all rows of a key, in order. A look-up finds its bucket, then searches in it. A bucket is
 *   read from the table when its key is first met, and not even then while the cache is known to hold everything, or a
 *   filter knows that the table has no such key.
 * - By time, rows are found in two places: those changed since the table was last written in an index in memory, all
 *   others by the index of the table.
 * - A row that was made and deleted between two commits leaves no trace: sessions do so with almost every record.
 * - Rows that are too old are hidden at once. `seal` deletes them as any other row is deleted, so that table and
 *   changelog lose them by the same path, whatever the clock of the log says.
 */
import type { Columns, SqlValue } from '../serde/serde.ts';
import { assert } from '../util/assert.ts';
import { BucketCache } from './bucket-cache.ts';
import { CommittedTimes, FIRST_TIME, LAST_TIME } from './committed-times.ts';
import { ConfirmedChanges } from './confirmed-changes.ts';
import { Generation } from './generation.ts';
import { KeyFilter } from './key-filter.ts';
import { identityOf, type KeyIdentity } from './key-identity.ts';
import { hasNull, refuseNull } from './key-nulls.ts';
import { compareKeys } from './key-order.ts';
import type { Change, Entry, Row, TimedKey, TimedStore } from './store.ts';
import { TimeIndex } from './time-index.ts';
import { TimedBucket, type TimedSlot } from './timed-bucket.ts';
import { MARKED, markKey, type TimedStoreSpec } from './timed-key.ts';
import { TimedChanges, type TimedTable } from './timed-table.ts';

export interface TimedStagedStoreOptions<K, V> {
  readonly spec: TimedStoreSpec<K, V>;
  readonly table: TimedTable<K, V>;
  /** How many decoded rows are kept in memory. Unwritten changes come on top. Default 100 000. */
  readonly cacheEntries?: number;
}

/** Of a row whose slot is known. */
interface Deletion<K> extends Change<TimedKey<K>, never> {
  readonly born: number;
}

function bornOf(deletion: Change<unknown, unknown> & { readonly born?: number }): number {
  return deletion.born ?? 0;
}

/** The mark that keeps the newest time: it must not go back when the newest row is deleted. */
const NEWEST = 'newest';

export class TimedStagedStore<K, V> implements TimedStore<K, V> {
  readonly name: string;
  readonly #table: TimedTable<K, V>;
  readonly #columns: Columns<TimedKey<K>>;
  readonly #keyColumns: Columns<K>;
  readonly #index: readonly number[];
  readonly #retentionMs: number;
  readonly #cache: BucketCache<K, V>;
  readonly #times: CommittedTimes<K, V>;
  /** The keys of the table's rows. */
  readonly #keys = new KeyFilter();
  /** What the table does not hold yet. */
  readonly #changed = new TimeIndex<K, V>();
  readonly #confirmed: ConfirmedChanges<TimedKey<K>, V>;
  #confirmedUpTo = 0;
  #sealed: Generation<TimedKey<K>, V>[] = [];
  #current = new Generation<TimedKey<K>, V>(1);
  #marks: Map<string, number>;
  readonly #changedMarks = new Set<string>();
  #newest: number;
  /** Rows up to it are too old. */
  #horizon = FIRST_TIME;
  /** While it is so, a key that is not in the cache is not in the table. */
  #cacheHasAll: boolean;
  #drained: TimedChanges<K, V> | undefined;

  constructor({ spec, table, cacheEntries = 100_000 }: TimedStagedStoreOptions<K, V>) {
    this.name = spec.name;
    this.#table = table;
    this.#columns = spec.key.columns;
    this.#keyColumns = spec.timed.key.columns;
    this.#index = spec.index ?? [];
    this.#retentionMs = spec.timed.retentionMs;
    this.#cache = new BucketCache(cacheEntries);
    this.#times = new CommittedTimes(table);
    this.#confirmed = new ConfirmedChanges<TimedKey<K>, V>(this.#columns, bornOf);
    this.#cacheHasAll = table.isEmpty();
    this.#marks = table.marks();
    this.#newest = this.#marks.get(NEWEST) ?? -1;
    this.#moveHorizon();
    if (!this.#cacheHasAll) this.#keys.forget(this.#newest);
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
    for (const { change } of this.#changed.within(first, to)) rows.push(change as Entry<TimedKey<K>, V>);
    for (const row of this.#times.within(first, to)) if (this.#isUnchanged(row)) rows.push(row);
    return this.#sorted(rows, (columns) => this.#index.map((at) => columns[at] ?? null));
  }

  times(from: number, limit: number): readonly number[] {
    const first = Math.max(from, this.#horizon + 1);
    const committed = this.#times.first(first, limit, this.#isUnchanged);
    const changed = this.#changed.first(first, limit);
    if (committed.length === 0) return changed;
    return [...changed, ...committed].sort((a, b) => a - b).slice(0, limit);
  }

  get lastTime(): number | undefined {
    const last = Math.max(this.#times.last(this.#isUnchanged) ?? FIRST_TIME, this.#changed.last ?? FIRST_TIME);
    return last <= this.#horizon ? undefined : last;
  }

  all(): readonly Entry<TimedKey<K>, V>[] {
    const rows: Entry<TimedKey<K>, V>[] = [];
    for (const { change } of this.#changed.within(this.#horizon + 1, LAST_TIME)) {
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
    if (value !== null) {
      const change: Change<TimedKey<K>, V> = { key: slot?.change.key ?? at, value, timestamp };
      if (slot !== undefined) this.#change(bucket, slot, change);
      else this.#insert(bucket, change);
    } else if (slot !== undefined) this.#delete(bucket, slot, timestamp);
  }

  mark(name: string): number | undefined {
    return this.#marks.get(name);
  }

  setMark(name: string, value: number): void {
    if (this.#marks.get(name) === value) return;
    assert(name.length > 0 && name.length < 8 && value >= 0, `mark '${name}' of ${this.name} cannot be ${value}`);
    this.#marks.set(name, value);
    this.#changedMarks.add(name);
  }

  // --- the commit ---------------------------------------------------------------------------------------------------

  /** How many rows were written since the last `seal`. */
  get unsealed(): number {
    return this.#current.size;
  }

  /** Deletes what is too old, and ends the current generation; writes from now on belong to the next one. */
  seal(): Generation<TimedKey<K>, V> {
    this.#expire();
    const sealed = this.#current;
    for (const name of this.#changedMarks) sealed.add(this.#markChange(name));
    this.#changedMarks.clear();
    this.#sealed.push(sealed);
    this.#current = new Generation(sealed.number + 1);
    return sealed;
  }

  /** The log has confirmed it: it can no longer be rolled back. Generations are confirmed in the order of `seal`. */
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
    for (const { key, value } of this.#drained.rows) {
      if (value === null) continue;
      this.#times.added(key.time);
      this.#keys.add(this.#idOf(key), key.time);
    }
    // Not the time of now, which may be rolled back.
    for (const { key, value } of this.#drained.marks)
      if (key === NEWEST && value !== null) this.#keys.expire(value - this.#retentionMs);
    this.#drained = undefined;
    this.#confirmed.clear();
    this.#cache.cleanUpTo = this.#confirmedUpTo;
    this.#changed.retain((slot) => slot.generation > this.#confirmedUpTo);
  }

  /** Drops all that is not confirmed: reads give again what the log and the table agree on. */
  rollback(): void {
    const confirmed = new TimedChanges(this.#confirmed);
    this.#forget();
    for (const { key, value } of confirmed.marks) if (value !== null) this.#marks.set(key, value);
    this.#newest = this.#marks.get(NEWEST) ?? -1;
    this.#moveHorizon();
    // Laid over the table again, as changes of the last confirmed generation: `drain` has them already.
    for (const change of confirmed.rows) this.#restore(change);
  }

  /** Drops everything, staged or cached, and reads the table anew: after others have written to it. */
  reset(): void {
    this.#confirmed.clear();
    this.#drained = undefined;
    this.#forget();
    this.#keys.forget(this.#newest);
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
    const bucket = new TimedBucket<K, V>(this.#mayBeInTable(id) ? this.#read(key) : []);
    this.#cache.add(id, bucket);
    return bucket;
  }

  #mayBeInTable(id: KeyIdentity): boolean {
    return (!this.#cacheHasAll || this.#cache.hasDropped) && this.#keys.mayHave(id);
  }

  #read(key: K): TimedSlot<K, V>[] {
    const from = { key, time: Math.max(FIRST_TIME, this.#horizon + 1), order: FIRST_TIME };
    const to = { key, time: LAST_TIME, order: LAST_TIME };
    return Array.from(this.#table.range({ from, to }), (change) => ({ change, generation: 0, index: -1, born: 0 }));
  }

  #insert(bucket: TimedBucket<K, V>, change: Change<TimedKey<K>, V>): void {
    const { number } = this.#current;
    const { time, order } = change.key;
    const revived = bucket.revive(time, order, number);
    if (revived !== undefined) {
      revived.change = change;
      this.#current.replace(revived.index, change);
    }
    const slot = revived ?? { change, generation: number, index: this.#current.add(change), born: number };
    this.#changed.add(slot);
    bucket.insert(slot);
    bucket.generation = number;
    this.#cache.grown(bucket);
  }

  #change(bucket: TimedBucket<K, V>, slot: TimedSlot<K, V>, change: Change<TimedKey<K>, V>): void {
    const generation = this.#current;
    slot.change = change;
    if (slot.generation === generation.number) {
      generation.replace(slot.index, change);
      return;
    }
    if (slot.generation <= this.#cache.cleanUpTo) this.#changed.add(slot);
    slot.index = generation.add(change);
    slot.generation = generation.number;
    bucket.generation = generation.number;
  }

  #delete(bucket: TimedBucket<K, V>, slot: TimedSlot<K, V>, timestamp: number): void {
    const generation = this.#current;
    if (slot.generation > this.#cache.cleanUpTo) this.#changed.remove(slot);
    bucket.remove(slot);
    if (slot.born === generation.number) {
      generation.remove(slot.index);
      return;
    }
    const change: Deletion<K> = { key: slot.change.key, value: null, timestamp, born: slot.born };
    if (slot.generation === generation.number) generation.replace(slot.index, change);
    else slot.index = generation.add(change);
    slot.change = change;
    slot.generation = generation.number;
    bucket.generation = generation.number;
    bucket.buried(slot);
  }

  #advance(time: number): void {
    this.#newest = time;
    this.#marks.set(NEWEST, time);
    this.#changedMarks.add(NEWEST);
    this.#moveHorizon();
  }

  #moveHorizon(): void {
    const horizon = this.#newest - this.#retentionMs;
    this.#horizon = Number.isFinite(horizon) && this.#newest >= 0 ? horizon : FIRST_TIME;
  }

  #expire(): void {
    if (this.#horizon === FIRST_TIME) return;
    for (const slot of this.#changed.within(FIRST_TIME, this.#horizon)) {
      const bucket = this.#cache.peek(this.#idOf(slot.change.key));
      if (bucket !== undefined) this.#delete(bucket, slot, slot.change.timestamp);
    }
    for (const { key, timestamp } of this.#times.expired(this.#horizon)) {
      const bucket = this.#cache.peek(this.#idOf(key));
      const slot = bucket?.find(key.time, key.order);
      if (bucket !== undefined && slot !== undefined) this.#delete(bucket, slot, timestamp);
      // Who is not in its bucket is deleted already.
      else if (bucket === undefined) this.#current.add({ key, value: null, timestamp });
    }
  }

  /** True where the row is as the table has it: it was neither changed nor deleted since. */
  readonly #isUnchanged = ({ key }: Entry<TimedKey<K>, V>): boolean => {
    const bucket = this.#cache.peek(this.#idOf(key));
    if (bucket === undefined) return true;
    const slot = bucket.find(key.time, key.order);
    return slot !== undefined && slot.generation <= this.#cache.cleanUpTo;
  };

  #idOf(at: TimedKey<K>): ReturnType<typeof identityOf> {
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

  #markChange(name: string): Change<TimedKey<K>, V> {
    // Marks travel with the rows as changes of their own kind: see `TimedChanges`.
    const change: unknown = { key: markKey(name), value: MARKED, timestamp: this.#marks.get(name) ?? 0 };
    return change as Change<TimedKey<K>, V>;
  }

  #restore(change: Change<TimedKey<K>, V>): void {
    const bucket = this.#bucket(change.key.key);
    if (bucket === undefined) return;
    const known = bucket.find(change.key.time, change.key.order);
    if (known !== undefined) bucket.remove(known);
    bucket.generation = this.#confirmedUpTo;
    if (change.value === null) return;
    const slot = { change, generation: this.#confirmedUpTo, index: -1, born: 0 };
    bucket.insert(slot);
    this.#changed.add(slot);
  }

  #forget(): void {
    this.#sealed = [];
    this.#current = new Generation(this.#current.number + 1);
    this.#cache.clear();
    this.#cache.hasDropped = false;
    this.#cacheHasAll = this.#table.isEmpty();
    this.#times.reset();
    this.#changed.clear();
    this.#changedMarks.clear();
    this.#marks = this.#table.marks();
    this.#newest = this.#marks.get(NEWEST) ?? -1;
    this.#moveHorizon();
  }
}
