/**
 * The write-behind store of rows that are ordered by a time, over any table: windows, sessions, buffers of joins,
 * versions. The life of a write is that of `StagedStore`: put, seal, committed, drain, drained.
 *
 * - By key, rows are found in memory, or read from the table into it (`TimedRows`).
 * - By time, they are found in two places: those changed since the table was last written in an index of times, all others
 *   by the index of the table.
 * - A row that was made and deleted between two commits leaves no trace: sessions do so with almost every record.
 * - Rows that are too old are hidden at once, and nobody writes of them any more: the table drops them by their times, as
 *   does who reads the changelog, and the changelog is truncated behind them (`ChangelogTrim`).
 */
import type { Columns } from '../serde/serde.ts';
import { assert } from '../util/assert.ts';
import { BucketRows } from './bucket-rows.ts';
import { FIRST_TIME, LAST_TIME } from './committed-times.ts';
import { ConfirmedChanges } from './confirmed-changes.ts';
import { FlatRows } from './flat-rows.ts';
import { Generation } from './generation.ts';
import { refuseNull } from './key-nulls.ts';
import { compareKeys } from './key-order.ts';
import type { Entry, Row, TimedKey, TimedStore } from './store.ts';
import { StoreMarks } from './store-marks.ts';
import { TimedChange } from './timed-change.ts';
import { NEWEST, type TimedStoreSpec } from './timed-key.ts';
import type { RowsOfKey, TimedRows, TimedSlot } from './timed-rows.ts';
import { TimedChanges, type TimedTable } from './timed-table.ts';
import { UnwrittenTimes } from './unwritten-times.ts';

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

/** The horizon before which there are no rows. */
const NONE = FIRST_TIME - 1;

/** Into how many parts of the retention the changelog falls, of which whole ones can be cut off. */
const PARTS = 16;

export class TimedStagedStore<K, V> implements TimedStore<K, V> {
  readonly name: string;
  readonly #table: TimedTable<K, V>;
  readonly #columns: Columns<TimedKey<K>>;
  readonly #keyColumns: Columns<K>;
  readonly #index: readonly number[];
  readonly #retentionMs: number;
  readonly #rows: TimedRows<K, V>;
  /** What the table does not hold yet. */
  readonly #unwritten: UnwrittenTimes<K, V>;
  readonly #confirmed: ConfirmedChanges<TimedKey<K>, V>;
  #confirmedUpTo = 0;
  #sealed: Generation<TimedKey<K>, V>[] = [];
  #current = new Generation<TimedKey<K>, V>(1);
  readonly #marks: StoreMarks;
  #newest = -1;
  /** Rows up to it are too old. */
  #horizon = NONE;
  /** The part of time in which the last generation was sealed. */
  #part: number | undefined = Number.NaN;
  #drained: TimedChanges<K, V> | undefined;

  constructor({ spec, table, cacheEntries = 100_000 }: TimedStagedStoreOptions<K, V>) {
    this.name = spec.name;
    this.#table = table;
    this.#columns = spec.key.columns;
    this.#keyColumns = spec.timed.key.columns;
    this.#index = spec.index ?? [];
    this.#retentionMs = spec.timed.retentionMs;
    this.#rows =
      spec.keyOrder === false
        ? new FlatRows(table, this.#keyColumns, { cacheEntries })
        : new BucketRows(table, this.#keyColumns, cacheEntries);
    // As long as a row is not written, all its changes share one key object.
    this.#confirmed = new ConfirmedChanges<TimedKey<K>, V>({ identity: (key) => key, bornOf: TimedChange.bornOf });
    this.#unwritten = new UnwrittenTimes(this.#rows, () => [this.#confirmed, ...this.#sealed, this.#current]);
    this.#marks = new StoreMarks(spec.name, new Map());
    this.#recall();
  }

  get newest(): number {
    return this.#newest;
  }

  get(key: K, time: number, order = 0): Row<V> | undefined {
    if (time <= this.#horizon) return undefined;
    const slot = this.#rows.of(key, this.#horizon)?.find(time, order);
    // A slot of a bucket is a row: its value is not null.
    return slot?.change as Row<V> | undefined;
  }

  fetch(key: K, from: number, to: number, reverse = false): readonly Entry<TimedKey<K>, V>[] {
    const rows = this.#rows.of(key, this.#horizon)?.within(Math.max(from, this.#horizon + 1), to) ?? [];
    return reverse ? rows.reverse() : rows;
  }

  fetchAll(from: number, to: number): readonly Entry<TimedKey<K>, V>[] {
    const first = Math.max(from, this.#horizon + 1);
    const rows: Entry<TimedKey<K>, V>[] = [];
    for (const { change } of this.#unwritten.index.within(first, to)) rows.push(change as Entry<TimedKey<K>, V>);
    for (const row of this.#table.times.within(first, to, this.#isUnchanged)) rows.push(row);
    return sorted(rows, { columns: this.#columns, by: this.#index });
  }

  times(from: number, limit: number): readonly number[] {
    const first = Math.max(from, this.#horizon + 1);
    const committed = this.#table.times.first(first, limit, this.#isUnchanged);
    const unwritten = this.#unwritten.index.first(first, limit);
    if (committed.length === 0) return unwritten;
    return [...unwritten, ...committed].sort((a, b) => a - b).slice(0, limit);
  }

  get lastTime(): number | undefined {
    const committed = this.#table.times.last(this.#isUnchanged) ?? NONE;
    const last = Math.max(committed, this.#unwritten.index.last ?? NONE);
    return last <= this.#horizon ? undefined : last;
  }

  all(): readonly Entry<TimedKey<K>, V>[] {
    const rows: Entry<TimedKey<K>, V>[] = [];
    for (const { change } of this.#unwritten.index.within(this.#horizon + 1, LAST_TIME)) {
      rows.push(change as Entry<TimedKey<K>, V>);
    }
    for (const row of this.#table.range({})) {
      if (row.key.time > this.#horizon && this.#isUnchanged(row)) rows.push(row);
    }
    return sorted(rows, { columns: this.#columns });
  }

  put(at: TimedKey<K>, value: V | null, timestamp: number): void {
    const { time } = at;
    if (time > this.#newest) this.#advance(time);
    if (time <= this.#horizon) return;
    const rows = this.#rows.open(at.key, this.#horizon);
    if (rows === undefined) {
      refuseNull(this.name, at.key, this.#keyColumns);
      return;
    }
    const slot = rows.find(time, at.order);
    if (value === null) {
      if (slot !== undefined) this.#delete(rows, slot, timestamp);
    } else if (slot === undefined) this.#insert(rows, at, value, timestamp);
    else this.#change(rows, slot, value, timestamp);
  }

  append(key: K, time: number, value: V, timestamp: number): void {
    if (time > this.#newest) this.#advance(time);
    if (time <= this.#horizon) return;
    const rows = this.#rows.open(key, this.#horizon);
    if (rows === undefined) refuseNull(this.name, key, this.#keyColumns);
    else this.#insert(rows, { key, time, order: rows.nextOrder(time) }, value, timestamp);
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
    if (horizon !== NONE) sealed.retain(({ key }) => key.time > horizon);
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
    this.#confirmed.add(generation, this.#rows.writtenUpTo);
    this.#confirmedUpTo = generation.number;
    this.#drained = undefined;
  }

  /** How many confirmed changes wait for `drain`. */
  get waiting(): number {
    return this.#confirmed.size;
  }

  /** All confirmed changes, one a key. They stay staged until `drained`. */
  drain(): TimedChanges<K, V> {
    this.#drained = new TimedChanges(this.#confirmed, this.#retentionMs);
    return this.#drained;
  }

  /** What `drain` gave is in the table. */
  drained(): void {
    assert(this.#drained !== undefined, `drained without drain in ${this.name}`);
    const { rows, horizon } = this.#drained;
    this.#table.written(this.#drained);
    this.#rows.written(rows, this.#confirmedUpTo, horizon);
    this.#drained = undefined;
    this.#confirmed.clear();
    this.#unwritten.written(this.#confirmedUpTo);
  }

  /** How many decoded rows are kept in memory from now on. */
  keep(rows: number): void {
    this.#rows.keep(rows);
  }

  /** Drops everything, staged or cached, and reads the table anew: after others have written to it. */
  reset(): void {
    this.#sealed = [];
    this.#current = new Generation(this.#current.number + 1);
    this.#confirmed.clear();
    this.#drained = undefined;
    this.#unwritten.clear();
    this.#table.reset();
    this.#recall();
  }

  // --- internals ----------------------------------------------------------------------------------------------------

  #insert(rows: RowsOfKey<K, V>, at: TimedKey<K>, value: V, timestamp: number): void {
    const revived = rows.revive(at.time, at.order);
    if (revived !== undefined) {
      this.#stage(revived, new TimedChange<K, V>(revived.change.key, value, timestamp, revived.change.born));
      rows.changed(revived);
      this.#unwritten.add(revived);
      return;
    }
    const { number } = this.#current;
    const change = new TimedChange<K, V>(at, value, timestamp, number);
    const slot = { change, generation: number, index: this.#current.add(change) };
    rows.insert(slot);
    this.#unwritten.add(slot);
  }

  #change(rows: RowsOfKey<K, V>, slot: TimedSlot<K, V>, value: V, timestamp: number): void {
    if (slot.generation <= this.#rows.writtenUpTo) this.#unwritten.add(slot);
    this.#stage(slot, new TimedChange<K, V>(slot.change.key, value, timestamp, slot.change.born));
    rows.changed(slot);
  }

  #delete(rows: RowsOfKey<K, V>, slot: TimedSlot<K, V>, timestamp: number): void {
    const { key, born } = slot.change;
    if (slot.generation > this.#rows.writtenUpTo) this.#unwritten.remove(slot);
    const isNew = born === this.#current.number;
    if (isNew) this.#current.remove(slot.index);
    else this.#stage(slot, new TimedChange<K, V>(key, null, timestamp, born));
    rows.remove(slot, !isNew);
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
    this.#horizon = Number.isFinite(horizon) && time >= 0 ? horizon : NONE;
  }

  /** Takes up what the table says. */
  #recall(): void {
    const marks = this.#table.marks();
    this.#marks.reset(marks);
    this.#advance(marks.get(NEWEST) ?? -1);
    this.#part = Number.NaN;
    this.#rows.reset(this.#newest);
  }

  /** True where the row is as the table has it: it was neither changed nor deleted since. */
  readonly #isUnchanged = ({ key }: Entry<TimedKey<K>, V>): boolean => {
    const slot = this.#rows.slotOf(key);
    return slot === undefined || (slot !== null && slot.generation <= this.#rows.writtenUpTo);
  };
}

/** Rows in an order of their columns. */
function sorted<K, V>(
  rows: Entry<TimedKey<K>, V>[],
  { columns, by = [] }: { columns: Columns<TimedKey<K>>; by?: readonly number[] },
): readonly Entry<TimedKey<K>, V>[] {
  if (rows.length < 2) return rows;
  const keyed = rows.map((row) => {
    const of = columns.write(row.key);
    return { columns: [...by.map((at) => of[at] ?? null), ...of], row };
  });
  return keyed.sort((a, b) => compareKeys(a.columns, b.columns)).map(({ row }) => row);
}
