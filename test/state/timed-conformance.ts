import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Generation } from '../../src/state/generation.ts';
import { compareText } from '../../src/state/key-order.ts';
import type { Entry, StateBackend, TimedKey } from '../../src/state/store.ts';
import { type TimedKind, timedStore } from '../../src/state/timed-key.ts';
import { TimedStagedStore } from '../../src/state/timed-store.ts';
import { TimedTable } from '../../src/state/timed-table.ts';
import { testPlace, testString } from '../support/test-serdes.ts';
import type { OpenedBackend } from './conformance.ts';

/** What a timed store has to do over every back end. */
export function timedConformance(name: string, open: () => OpenedBackend): void {
  describe(name, () => {
    let opened: OpenedBackend;
    beforeEach(() => {
      opened = open();
    });
    afterEach(() => opened.close());

    const make = (kind: TimedKind, retentionMs = Number.POSITIVE_INFINITY, cacheEntries = 1000): Timed =>
      new Timed(opened.backend, { name: 'rows', kind, retentionMs, cacheEntries });

    it('gives the rows of a key in the order of time and order, both ends included', () => {
      const { store } = make('buffer');
      for (const [time, order] of [
        [5, 2],
        [3, 0],
        [5, 1],
        [9, 0],
      ] as const)
        store.put({ key: 'a', time, order }, `${time}.${order}`, time);
      store.put({ key: 'b', time: 5, order: 0 }, 'other', 5);
      expect(values(store.fetch('a', 3, 5))).toEqual(['3.0', '5.1', '5.2']);
      expect(values(store.fetch('a', 4, 9, true))).toEqual(['9.0', '5.2', '5.1']);
      expect(store.fetch('a', 6, 8)).toEqual([]);
      expect(store.get('a', 5, 1)).toMatchObject({ value: '5.1', timestamp: 5 });
      expect(store.get('a', 5)).toBeUndefined();
    });

    it('gives all keys by time, then key, committed or not', () => {
      const all = make('window');
      const { store } = all;
      for (const [key, time] of [
        ['b', 1],
        ['a', 2],
        ['c', 2],
        ['a', 4],
      ] as const)
        store.put({ key, time, order: 0 }, `${key}${time}`, time);
      all.commit();
      store.put({ key: 'b', time: 2, order: 0 }, 'b2', 2);
      store.put({ key: 'c', time: 2, order: 0 }, 'new', 2);
      store.put({ key: 'a', time: 4, order: 0 }, null, 4);
      store.put({ key: 'a', time: 1, order: 0 }, 'a1', 1);
      expect(values(store.fetchAll(1, 4))).toEqual(['a1', 'b1', 'a2', 'b2', 'new']);
      expect(values(store.fetchAll(2, 2))).toEqual(['a2', 'b2', 'new']);
      expect(values(store.all())).toEqual(['a1', 'a2', 'b1', 'b2', 'new']);
    });

    it('finds the first and the last times, whether rows are committed, changed or deleted', () => {
      const all = make('buffer');
      const { store } = all;
      expect([store.times(0, 2), store.lastTime]).toEqual([[], undefined]);
      for (const time of [1, 3, 3, 5, 7])
        store.put({ key: 'a', time, order: store.fetch('a', time, time).length }, 'x', 0);
      expect([store.times(2, 3), store.times(6, 9), store.lastTime]).toEqual([[3, 3, 5], [7], 7]);
      all.commit();
      store.put({ key: 'a', time: 7, order: 0 }, null, 0);
      store.put({ key: 'b', time: 4, order: 0 }, 'new', 0);
      store.put({ key: 'a', time: 3, order: 1 }, 'changed', 0);
      store.put({ key: 'a', time: 1, order: 0 }, null, 0);
      expect([store.times(0, 9), store.times(3, 2), store.lastTime]).toEqual([[3, 3, 4, 5], [3, 3], 5]);
      for (const time of [3, 5]) store.put({ key: 'a', time, order: 0 }, null, 0);
      expect([store.times(0, 9), store.lastTime]).toEqual([[3, 4], 4]);
    });

    it('gives all sessions by end, start, key', () => {
      const { store } = make('session');
      for (const [key, start, end] of [
        ['a', 3, 5],
        ['b', 1, 5],
        ['a', 4, 4],
        ['c', 3, 5],
      ] as const)
        store.put({ key, time: end, order: start }, `${key}${start}-${end}`, end);
      expect(values(store.fetchAll(0, 9))).toEqual(['a4-4', 'b1-5', 'a3-5', 'c3-5']);
    });

    it('hides rows that are too old at once, and deletes them with the next write, without a word in the changelog', () => {
      const all = make('window', 10);
      const { store, table } = all;
      store.put({ key: 'a', time: 0, order: 0 }, 'old', 0);
      store.put({ key: 'b', time: 1, order: 0 }, 'old', 1);
      all.commit();
      store.put({ key: 'a', time: 10, order: 0 }, 'new', 10);
      expect(store.get('a', 0)).toBeUndefined();
      expect(values(store.fetch('a', 0, 99))).toEqual(['new']);
      expect(values(store.fetchAll(0, 99))).toEqual(['old', 'new']);
      store.put({ key: 'a', time: 0, order: 0 }, 'too late', 0);
      expect(values(store.all())).toEqual(['new', 'old']);
      expect([...table.range({})]).toHaveLength(2);
      const sealed = store.seal();
      expect([...sealed].filter(({ value }) => value === null)).toEqual([]);
      store.committed(sealed);
      all.write();
      expect(Array.from(table.range({}), ({ value }) => value)).toEqual(['new', 'old']);
    });

    it('does not write what became too old before it could be written', () => {
      const all = make('window', 10);
      all.store.put({ key: 'a', time: 0, order: 0 }, 'old', 0);
      all.store.put({ key: 'a', time: 20, order: 0 }, 'new', 20);
      const sealed = all.store.seal();
      expect([...sealed].map(({ value }) => value)).toEqual(['new', expect.anything()]);
      all.store.committed(sealed);
      all.write();
      expect(Array.from(all.table.range({}), ({ value }) => value)).toEqual(['new']);
    });

    it('says all marks again in each part of the retention, so that what is before it may be cut off', () => {
      const { store } = make('window', 160);
      const marks = (): number => [...store.seal()].filter(({ value }) => typeof value === 'symbol').length;
      store.setMark('closed', 7);
      store.put({ key: 'a', time: 100, order: 0 }, 'v', 0);
      expect([store.sealedTime, marks()]).toEqual([{ newest: 100, part: 10 }, 2]);
      store.put({ key: 'a', time: 109, order: 0 }, 'v', 0);
      expect([store.sealedTime?.part, marks()]).toEqual([10, 1]);
      expect(marks()).toBe(0);
      store.put({ key: 'a', time: 110, order: 0 }, 'v', 0);
      expect([store.sealedTime?.part, marks()]).toEqual([11, 2]);
    });

    it('deletes rows that are too old from the table, whether their keys are in memory or not', () => {
      const all = make('window', 10, 2);
      for (let i = 0; i < 50; i++) all.store.put({ key: `k${i}`, time: i, order: 0 }, 'v', i);
      all.commit();
      const again = make('window', 10, 2);
      expect(again.store.newest).toBe(49);
      again.store.put({ key: 'k45', time: 50, order: 0 }, 'v', 50);
      again.commit();
      expect(Array.from(again.table.range({}), ({ key }) => key.time).sort((a, b) => a - b)).toEqual([
        41, 42, 43, 44, 45, 46, 47, 48, 49, 50,
      ]);
    });

    it('keeps the newest time and the marks, also where the newest row is deleted', () => {
      const all = make('window', 10);
      all.store.put({ key: 'a', time: 30, order: 0 }, 'v', 30);
      all.store.put({ key: 'a', time: 30, order: 0 }, null, 30);
      all.store.setMark('closed', 7);
      all.commit();
      const again = make('window', 10);
      expect(again.store.newest).toBe(30);
      expect(again.store.mark('closed')).toBe(7);
      expect(again.store.mark('other')).toBeUndefined();
      again.store.put({ key: 'a', time: 20, order: 0 }, 'too late', 20);
      expect(again.store.all()).toEqual([]);
    });

    it('leaves no trace of a row that comes and goes between two commits, and one of a row that was there', () => {
      const all = make('session');
      const { store } = all;
      store.put({ key: 'a', time: 1, order: 1 }, 'v', 1);
      store.put({ key: 'a', time: 1, order: 1 }, null, 1);
      store.put({ key: 'a', time: 2, order: 1 }, 'v', 2);
      expect([...store.seal()].filter(({ value }) => typeof value !== 'symbol')).toEqual([
        { key: { key: 'a', time: 2, order: 1 }, value: 'v', timestamp: 2 },
      ]);
      store.put({ key: 'a', time: 2, order: 1 }, null, 3);
      store.put({ key: 'a', time: 2, order: 1 }, 'again', 4);
      store.put({ key: 'a', time: 2, order: 1 }, null, 5);
      expect([...store.seal()]).toMatchObject([{ key: { key: 'a', time: 2, order: 1 }, value: null, timestamp: 5 }]);
    });

    it('finds a row that came, went and came again over three commits, of which the first two were written at once', () => {
      const all = make('window', Number.POSITIVE_INFINITY, 2);
      const { store } = all;
      const put = (key: string, value: string | null): void => store.put({ key, time: 1, order: 0 }, value, 1);
      put('a', 'first');
      const first = store.seal();
      put('a', null);
      const second = store.seal();
      put('a', 'again');
      store.committed(first);
      store.committed(second);
      all.write();
      all.commit();
      for (let i = 0; i < 9; i++) put(`other${i}`, 'v');
      all.commit();
      expect(store.get('a', 1)).toMatchObject({ value: 'again' });
    });

    it('gives more rows at once than a call takes arguments', () => {
      const all = make('window');
      const count = 150_000;
      for (let i = 0; i < count; i++) all.store.put({ key: 'k', time: i, order: 0 }, 'v', i);
      all.commit();
      expect(make('window').store.fetchAll(0, count)).toHaveLength(count);
    });

    it('refuses a key with a null in it', () => {
      const spec = timedStore({ name: 'places', kind: 'window', key: testPlace, value: testString, retentionMs: 10 });
      const store = new TimedStagedStore({ spec, table: new TimedTable(opened.backend, spec, 0) });
      const key = { city: null, street: 1 } as unknown as { city: string; street: number };
      expect(store.get(key, 1)).toBeUndefined();
      expect(store.fetch(key, 0, 9)).toEqual([]);
      expect(() => store.put({ key, time: 1, order: 0 }, 'v', 0)).toThrow(
        expect.objectContaining({ code: 'STORE_KEY_NULL' }),
      );
    });

    it('keeps partitions apart', () => {
      const first = new Timed(opened.backend, { name: 'rows', kind: 'window', retentionMs: 10, cacheEntries: 9 }, 0);
      first.store.put({ key: 'a', time: 3, order: 0 }, 'of 0', 3);
      first.commit();
      const second = new Timed(opened.backend, { name: 'rows', kind: 'window', retentionMs: 10, cacheEntries: 9 }, 1);
      expect(second.store.newest).toBe(-1);
      expect(second.store.fetchAll(0, 9)).toEqual([]);
    });

    it('equals a plain list under any interleaving', () => {
      let run = 0;
      fc.assert(
        fc.property(
          fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }),
          fc.constantFrom<TimedKind>('window', 'session', 'buffer'),
          fc.constantFrom(5, 20, Number.POSITIVE_INFINITY),
          fc.constantFrom(1, 4, 1000),
          (steps, kind, retentionMs, cacheEntries) => {
            const spec = { name: `model-${run++}`, kind, retentionMs, cacheEntries };
            const model = new Model(opened.backend, spec);
            for (const each of steps) model.take(each);
            model.check();
          },
        ),
        { numRuns: 200 },
      );
    });
  });
}

// --- support --------------------------------------------------------------------------------------------------------

interface Spec {
  readonly name: string;
  readonly kind: TimedKind;
  readonly retentionMs: number;
  readonly cacheEntries: number;
}

class Timed {
  readonly store: TimedStagedStore<string, string>;
  readonly table: TimedTable<string, string>;
  readonly #backend: StateBackend;

  constructor(backend: StateBackend, { cacheEntries, ...options }: Spec, partition = 0) {
    const spec = timedStore({ ...options, key: testString, value: testString });
    this.#backend = backend;
    this.table = new TimedTable(backend, spec, partition);
    this.store = new TimedStagedStore({ spec, table: this.table, cacheEntries });
  }

  write(): void {
    this.#backend.commit(() => this.table.write(this.store.drain()), []);
    this.store.drained();
  }

  commit(): void {
    this.store.committed(this.store.seal());
    this.write();
  }
}

type Rows = readonly Entry<TimedKey<string>, string>[];

const values = (rows: Rows): string[] => rows.map(({ value }) => value);

type Step =
  | { readonly kind: 'put'; readonly at: TimedKey<string>; readonly value: string | null }
  | { readonly kind: 'mark'; readonly value: number }
  | { readonly kind: 'fetch'; readonly key: string; readonly from: number; readonly to: number }
  | { readonly kind: 'fetchAll'; readonly from: number; readonly to: number }
  | { readonly kind: 'seal' | 'confirm' | 'write' | 'reset' | 'commit' | 'reopen' };

const key = fc.constantFrom('', 'a', 'ab', '\uFF5E', '\u{1F600}');
const time = fc.integer({ min: 0, max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('put'),
      at: fc.record({ key, time, order: fc.integer({ min: 0, max: 1 }) }),
      value: fc.option(fc.string(), { freq: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mark'), value: time }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fetch'), key, from: time, to: time }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fetchAll'), from: time, to: time }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('seal', 'confirm', 'write', 'reset', 'commit', 'reopen') }),
  },
) as fc.Arbitrary<Step>;

interface Snapshot {
  readonly rows: ReadonlyMap<string, Entry<TimedKey<string>, string>>;
  readonly newest: number;
  readonly mark: number | undefined;
}

const EMPTY: Snapshot = { rows: new Map(), newest: -1, mark: undefined };

/** The same naively: whole states, one for each layer. */
class Model {
  readonly #backend: StateBackend;
  readonly #spec: Spec;
  #real: Timed;
  #written = EMPTY;
  #confirmed = EMPTY;
  readonly #sealed: { generation: Generation<TimedKey<string>, string>; state: Snapshot }[] = [];
  #current = EMPTY;

  constructor(backend: StateBackend, spec: Spec) {
    this.#backend = backend;
    this.#spec = spec;
    this.#real = new Timed(backend, spec);
  }

  take(taken: Step): void {
    const { store } = this.#real;
    switch (taken.kind) {
      case 'put':
        this.#put(taken.at, taken.value);
        return;
      case 'mark':
        store.setMark('mark', taken.value);
        this.#current = { ...this.#current, mark: taken.value };
        return;
      case 'fetch':
        expect(store.fetch(taken.key, taken.from, taken.to)).toEqual(
          this.#rows().filter(({ key }) => key.key === taken.key && key.time >= taken.from && key.time <= taken.to),
        );
        return;
      case 'fetchAll':
        expect(store.fetchAll(taken.from, taken.to)).toEqual(
          this.#rows()
            .filter(({ key }) => key.time >= taken.from && key.time <= taken.to)
            .sort((a, b) => this.#byTime(a.key, b.key)),
        );
        return;
      case 'seal':
        this.#sealed.push({ generation: store.seal(), state: this.#current });
        return;
      case 'confirm':
        this.#confirm();
        return;
      case 'write':
        this.#real.write();
        this.#written = this.#confirmed;
        return;
      case 'commit':
        for (const next of ['seal', 'confirm', 'confirm', 'confirm', 'write'] as const) this.take({ kind: next });
        return;
      case 'reset':
        store.reset();
        this.#sealed.length = 0;
        this.#confirmed = this.#written;
        this.#current = this.#written;
        this.check();
        return;
      case 'reopen':
        this.#real = new Timed(this.#backend, this.#spec);
        this.#sealed.length = 0;
        this.#confirmed = this.#written;
        this.#current = this.#written;
        this.check();
        return;
    }
  }

  check(): void {
    const { store } = this.#real;
    expect(store.all()).toEqual(this.#rows());
    expect(store.newest).toBe(this.#current.newest);
    expect(store.mark('mark')).toBe(this.#current.mark);
    for (const { key, value } of this.#rows()) expect(store.get(key.key, key.time, key.order)?.value).toBe(value);
  }

  #put(given: TimedKey<string>, value: string | null): void {
    const at = this.#spec.kind === 'window' ? { ...given, order: 0 } : given;
    this.#real.store.put(at, value, at.time);
    const newest = Math.max(this.#current.newest, at.time);
    const rows = new Map(this.#current.rows);
    this.#current = { ...this.#current, newest, rows };
    if (at.time <= newest - this.#spec.retentionMs) return;
    const id = JSON.stringify([at.key, at.time, at.order]);
    if (value === null) rows.delete(id);
    else rows.set(id, { key: at, value, timestamp: at.time });
  }

  #confirm(): void {
    const next = this.#sealed.shift();
    if (next === undefined) return;
    this.#real.store.committed(next.generation);
    this.#confirmed = next.state;
  }

  #rows(): Entry<TimedKey<string>, string>[] {
    const { rows, newest } = this.#current;
    return [...rows.values()]
      .filter(({ key }) => key.time > newest - this.#spec.retentionMs)
      .sort((a, b) => compareText(a.key.key, b.key.key) || a.key.time - b.key.time || a.key.order - b.key.order);
  }

  #byTime(a: TimedKey<string>, b: TimedKey<string>): number {
    const key = compareText(a.key, b.key);
    const order = a.order - b.order;
    return a.time - b.time || (this.#spec.kind === 'session' ? order || key : key || order);
  }
}
