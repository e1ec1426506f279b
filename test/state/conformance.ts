import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StagedStore } from '../../src/state/staged-store.ts';
import type { Change, CommittedTable, Entry, RangeQuery, StateBackend, StoreSpec } from '../../src/state/store.ts';
import {
  type Place,
  type Total,
  testBytes,
  testInteger,
  testLong,
  testPlace,
  testString,
  testTotal,
} from '../support/test-serdes.ts';

/** A back end under test. `reopen` closes it and opens what it left behind. */
export interface OpenedBackend {
  readonly backend: StateBackend;
  reopen(): StateBackend;
  close(): void;
}

const words: StoreSpec<string, string> = { name: 'words', key: testString, value: testString };
const totals: StoreSpec<Place, Total> = { name: 'totals', key: testPlace, value: testTotal };

/** What every back end has to do, alone and under the staged store. */
export function storeConformance(name: string, open: () => OpenedBackend): void {
  describe(name, () => {
    let opened: OpenedBackend;
    let backend: StateBackend;
    beforeEach(() => {
      opened = open();
      backend = opened.backend;
    });
    afterEach(() => opened.close());

    function fill<K, V>(spec: StoreSpec<K, V>, rows: readonly [K, V][], partition = 0): CommittedTable<K, V> {
      const table = backend.table(spec, partition);
      backend.commit(() => table.write(rows.map(([key, value], i) => ({ key, value, timestamp: i }))), []);
      return table;
    }

    function staged<K, V>(spec: StoreSpec<K, V>, cacheEntries?: number): Staged<K, V> {
      return new Staged(backend, spec, cacheEntries);
    }

    describe('a table', () => {
      it('is empty at first, and then gives what was written', () => {
        const table = backend.table(words, 0);
        expect(table.isEmpty()).toBe(true);
        expect(table.get('a')).toBeUndefined();
        backend.commit(() => table.write([{ key: 'a', value: 'one', timestamp: 7 }]), []);
        expect(table.isEmpty()).toBe(false);
        expect(table.get('a')).toEqual({ value: 'one', timestamp: 7 });
        expect(table.get('b')).toBeUndefined();
      });

      it('replaces and deletes rows, also those that are not there', () => {
        const table = fill(words, [
          ['a', '1'],
          ['b', '2'],
        ]);
        backend.commit(() => {
          table.write([
            { key: 'a', value: 'new', timestamp: 9 },
            { key: 'b', value: null, timestamp: 9 },
            { key: 'c', value: null, timestamp: 9 },
          ]);
        }, []);
        expect([...table.range({})]).toEqual([{ key: 'a', value: 'new', timestamp: 9 }]);
      });

      it('takes many rows in one write, and deletes many', () => {
        const rows = Array.from({ length: 1234 }, (_, i): [Place, Total] => [
          { city: `c${i % 7}`, street: i * 2 ** 33 },
          { count: i, label: i % 2 === 0 ? null : `n${i}` },
        ]);
        const table = fill(totals, rows);
        expect([...table.range({})]).toHaveLength(1234);
        expect(table.get({ city: 'c3', street: 3 * 2 ** 33 })).toEqual({
          value: { count: 3, label: 'n3' },
          timestamp: 3,
        });
        const gone = rows.filter((_, i) => i % 3 !== 0).map(([key]) => ({ key, value: null, timestamp: 0 }));
        backend.commit(() => table.write(gone), []);
        expect([...table.range({})]).toHaveLength(412);
        expect(table.get({ city: 'c4', street: 4 * 2 ** 33 })).toBeUndefined();
      });

      it('takes several changes of a key, of which the last one counts, in any order of keys', () => {
        const table = fill(words, [
          ['a', 'old'],
          ['b', 'old'],
        ]);
        const changes = [
          ['c', 'first'],
          ['a', null],
          ['b', 'new'],
          ['a', 'again'],
          ['b', null],
          ['c', 'second'],
        ] as const;
        backend.commit(() => table.write(changes.map(([key, value], timestamp) => ({ key, value, timestamp }))), []);
        expect([...table.range({})]).toEqual([
          { key: 'a', value: 'again', timestamp: 3 },
          { key: 'c', value: 'second', timestamp: 5 },
        ]);
      });

      it('keeps partitions apart', () => {
        const first = fill(words, [['a', 'of 0']], 0);
        const second = backend.table(words, 1);
        expect(second.isEmpty()).toBe(true);
        backend.commit(() => second.write([{ key: 'a', value: 'of 1', timestamp: 0 }]), []);
        backend.commit(() => first.clear(), []);
        expect(first.isEmpty()).toBe(true);
        expect(second.get('a')?.value).toBe('of 1');
      });

      it('keeps stores apart, whatever their names', () => {
        const odd = `it's "odd", isn't it? select 1; -- \u{1F600}`;
        const table = fill({ ...words, name: odd }, [['a', 'odd']]);
        fill(words, [['a', 'plain']]);
        expect(table.get('a')?.value).toBe('odd');
      });

      it('is read while a range of it is under way, which sees what was there when it began', () => {
        const rows = Array.from({ length: 3000 }, (_, i): [number, string] => [i, `v${i}`]);
        const table = fill({ name: 'many', key: testInteger, value: testString }, rows);
        const seen: string[] = [];
        for (const entry of table.range({})) {
          seen.push(entry.value);
          if (entry.key === 1) backend.commit(() => table.clear(), []);
        }
        expect(seen).toEqual(rows.map(([, value]) => value));
        expect(table.isEmpty()).toBe(true);
      });
    });

    describe('a range', () => {
      const values = ['', 'a', 'ab', 'abc', 'b', 'é', '\uFF5E', '\u{1F600}', '\u{1F600}x'];

      it('gives texts in the order of their UTF-8 bytes', () => {
        const table = fill(
          words,
          values.toReversed().map((value): [string, string] => [value, value]),
        );
        expect(keys(table.range({}))).toEqual(values);
        expect(keys(table.range({ reverse: true }))).toEqual(values.toReversed());
      });

      it('gives integers by value, negative ones first, and wide ones exactly', () => {
        const numbers = [-(2 ** 40), -2, -1, 0, 1, 2, 10, 2 ** 40];
        const table = fill(
          { name: 'numbers', key: testInteger, value: testString },
          numbers.toReversed().map((number): [number, string] => [number, '']),
        );
        expect(keys(table.range({}))).toEqual(numbers);
        expect(keys(table.range({ from: -1, to: 2 ** 40, limit: 3 }))).toEqual([-1, 0, 1]);

        const wide = [-(2n ** 63n), -1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n];
        const longs = fill(
          { name: 'longs', key: testLong, value: testLong },
          wide.map((long): [bigint, bigint] => [long, long]),
        );
        expect(keys(longs.range({}))).toEqual(wide);
        expect(longs.get(2n ** 53n + 1n)?.value).toBe(2n ** 53n + 1n);
        expect(keys(longs.range({ from: 2n ** 53n + 1n }))).toEqual(wide.slice(3));
      });

      it('gives bytes by their bytes', () => {
        const bytes = [[], [0], [0, 1], [127], [128], [255]].map((each) => Buffer.from(each));
        const table = fill(
          { name: 'bytes', key: testBytes, value: testBytes },
          bytes.toReversed().map((each): [Buffer, Buffer] => [each, each]),
        );
        expect(keys(table.range({}))).toEqual(bytes);
        expect(table.get(Buffer.from([128]))?.value).toEqual(Buffer.from([128]));
      });

      it('orders keys of several columns by the first, then the next', () => {
        const places = [
          { city: 'Bern', street: -5 },
          { city: 'Bern', street: 3 },
          { city: 'Bern', street: 20 },
          { city: 'Biel', street: 1 },
        ];
        const table = fill(
          totals,
          places.toReversed().map((place): [Place, Total] => [place, { count: 1, label: null }]),
        );
        expect(keys(table.range({}))).toEqual(places);
        expect(keys(table.range({ from: { city: 'Bern', street: 3 }, to: { city: 'Biel', street: 0 } }))).toEqual(
          places.slice(1, 3),
        );
        expect(keys(table.range({ prefix: 'Be', reverse: true, limit: 2 }))).toEqual([places[2], places[1]]);
      });

      it('has both ends in it, and nothing where they are the wrong way round', () => {
        const table = fill(
          words,
          values.map((value): [string, string] => [value, value]),
        );
        expect(keys(table.range({ from: 'a', to: 'b' }))).toEqual(['a', 'ab', 'abc', 'b']);
        expect(keys(table.range({ from: 'aa', to: 'az' }))).toEqual(['ab', 'abc']);
        expect(keys(table.range({ from: 'b', to: 'a' }))).toEqual([]);
        expect(keys(table.range({ to: 'a', reverse: true }))).toEqual(['a', '']);
        expect(keys(table.range({ from: 'a', limit: 0 }))).toEqual([]);
      });

      it('finds prefixes', () => {
        const table = fill(
          words,
          values.map((value): [string, string] => [value, value]),
        );
        expect(keys(table.range({ prefix: 'ab' }))).toEqual(['ab', 'abc']);
        expect(keys(table.range({ prefix: '\u{1F600}' }))).toEqual(['\u{1F600}', '\u{1F600}x']);
        expect(keys(table.range({ prefix: '' }))).toEqual(values);
        expect(keys(table.range({ prefix: 'a', from: 'ab', limit: 1 }))).toEqual(['ab']);
        const numbers = fill({ name: 'numbers', key: testInteger, value: testString }, [[1, '']]);
        expect(() => [...numbers.range({ prefix: '1' })]).toThrow(
          expect.objectContaining({ code: 'STORE_PREFIX_INVALID' }),
        );
      });

      it('may be read again, and left early', () => {
        const table = fill(words, [
          ['a', '1'],
          ['b', '2'],
        ]);
        const range = table.range({});
        for (const entry of range) if (entry.key === 'a') break;
        expect(keys(range)).toEqual(['a', 'b']);
      });
    });

    describe('a commit', () => {
      const inputs = { topic: 'orders', partition: 1, offset: 5, time: 100 };
      const changelog = { topic: 'app-words-changelog', partition: 1, offset: 2, time: -1 };

      it('keeps its checkpoints with the rows, later ones in the place of earlier ones', () => {
        backend.commit(() => {}, [inputs, changelog]);
        backend.commit(() => {}, [{ ...inputs, offset: 6 }]);
        expect(sorted(backend)).toEqual([changelog, { ...inputs, offset: 6 }]);
      });

      it('keeps nothing where it fails, and the next one works', () => {
        const table = fill(words, [['a', 'old']]);
        const failing = (): void =>
          backend.commit(() => {
            table.write([{ key: 'a', value: 'new', timestamp: 1 }]);
            throw new Error('no');
          }, [inputs]);
        expect(failing).toThrow('no');
        expect(table.get('a')?.value).toBe('old');
        expect(backend.checkpoints()).toEqual([]);
        backend.commit(() => table.write([{ key: 'a', value: 'new', timestamp: 1 }]), [inputs]);
        expect(table.get('a')?.value).toBe('new');
      });

      it('keeps nothing where the source of the changes fails', () => {
        const table = backend.table(words, 0);
        function* failing(): Generator<Change<string, string>> {
          yield { key: 'a', value: 'one', timestamp: 0 };
          throw new Error('no');
        }
        expect(() => backend.commit(() => table.write(failing()), [inputs])).toThrow('no');
        expect(table.isEmpty()).toBe(true);
      });

      it('is the only way to write', () => {
        const table = backend.table(words, 0);
        expect(() => table.write([])).toThrow('only inside a commit');
        expect(() => table.clear()).toThrow('only inside a commit');
      });

      it('forgets checkpoints, inside a commit with the rows', () => {
        const table = fill(words, [['a', 'old']]);
        backend.commit(() => {}, [inputs, changelog]);
        backend.commit(() => {
          table.clear();
          backend.forget([changelog]);
        }, []);
        expect(backend.checkpoints()).toEqual([inputs]);
        backend.forget([inputs]);
        expect(backend.checkpoints()).toEqual([]);
      });

      it('outlives closing, as do the identity and the rows', () => {
        const { identity } = backend;
        expect(identity.memberId).toMatch(/^[0-9a-f-]{36}$/);
        expect(identity.transactionalId).not.toBe(identity.memberId);
        fill(words, [['a', 'kept']], 3);
        backend.commit(() => {}, [inputs]);
        backend = opened.reopen();
        expect(backend.identity).toEqual(identity);
        expect(backend.checkpoints()).toEqual([inputs]);
        expect(backend.table(words, 3).get('a')?.value).toBe('kept');
      });
    });

    describe('the staged store', () => {
      it('gives a write at once, and leaves the row that was given before as it was', () => {
        const { store } = staged(words);
        store.put('a', 'one', 1);
        const before = store.get('a');
        store.put('a', 'two', 2);
        expect(before).toMatchObject({ value: 'one', timestamp: 1 });
        expect(store.get('a')).toMatchObject({ value: 'two', timestamp: 2 });
        expect(backend.table(words, 0).isEmpty()).toBe(true);
      });

      it('seals the last change of each key, in the order of the first, and writes after it are of the next', () => {
        const { store } = staged(words);
        store.put('b', '1', 1);
        store.put('a', '1', 1);
        store.put('b', '2', 2);
        store.put('gone', null, 3);
        const sealed = store.seal();
        store.put('b', '3', 4);
        expect([...sealed]).toEqual([
          { key: 'b', value: '2', timestamp: 2 },
          { key: 'a', value: '1', timestamp: 1 },
          { key: 'gone', value: null, timestamp: 3 },
        ]);
        expect([...store.seal()]).toEqual([{ key: 'b', value: '3', timestamp: 4 }]);
        expect(store.seal().size).toBe(0);
      });

      it('drains what is confirmed, merged and in key order, and no more', () => {
        const all = staged(words);
        const { store } = all;
        store.put('b', '1', 1);
        store.put('a', '1', 1);
        const first = store.seal();
        store.put('b', '2', 2);
        const second = store.seal();
        store.put('b', '3', 3);
        store.committed(first);
        expect(values(store.drain())).toEqual(['1', '1']);
        store.committed(second);
        expect(store.waiting).toBe(2);
        expect(values(store.drain())).toEqual(['1', '2']);
        all.write();
        expect(store.waiting).toBe(0);
        expect(values(all.table.range({}))).toEqual(['1', '2']);
        expect(values(store.range())).toEqual(['1', '3']);
        expect([...store.drain()]).toEqual([]);
      });

      it('drains the same again where the back end failed', () => {
        const { store, table } = staged(words);
        store.put('a', '1', 1);
        store.committed(store.seal());
        const failing = (): void =>
          backend.commit(() => {
            table.write(store.drain());
            throw new Error('disk');
          }, []);
        expect(failing).toThrow('disk');
        expect(store.get('a')?.value).toBe('1');
        expect(values(store.drain())).toEqual(['1']);
      });

      it('forgets all that is not in the table when it is reset', () => {
        const all = staged(words);
        const { store } = all;
        store.put('written', '1', 1);
        all.commit();
        store.put('written', '2', 2);
        store.put('confirmed', '2', 2);
        store.committed(store.seal());
        store.put('written', '3', 3);
        store.seal();
        store.put('new', '4', 4);
        store.reset();
        expect(values(store.range())).toEqual(['1']);
        expect(store.get('new')).toBeUndefined();
        expect(store.seal().size).toBe(0);
      });

      it('lays staged changes over the rows of a range', () => {
        const all = staged(words);
        const { store } = all;
        for (const key of ['a', 'c', 'e', 'g']) store.put(key, 'old', 0);
        all.commit();
        store.put('b', 'new', 1);
        store.put('c', null, 1);
        store.put('e', 'new', 1);
        store.put('h', null, 1);
        expect(keys(store.range())).toEqual(['a', 'b', 'e', 'g']);
        expect(keys(store.range({ reverse: true, limit: 3 }))).toEqual(['g', 'e', 'b']);
        expect(values(store.range({ from: 'b', to: 'e' }))).toEqual(['new', 'new']);
        expect(keys(store.range({ prefix: 'c' }))).toEqual([]);
      });

      it('gives a range as the store was when it began, whatever is written or committed meanwhile', () => {
        const all = staged(words);
        const { store } = all;
        for (const key of ['a', 'b', 'c']) store.put(key, 'old', 0);
        all.commit();
        store.put('bb', 'staged', 1);
        const seen: string[] = [];
        for (const { key, value } of store.range()) {
          seen.push(`${key}=${value}`);
          store.put('b', 'new', 2);
          store.put('bb', null, 2);
          store.put('d', 'new', 2);
          all.commit();
        }
        expect(seen).toEqual(['a=old', 'b=old', 'bb=staged', 'c=old']);
        expect(keys(store.range())).toEqual(['a', 'b', 'c', 'd']);
      });

      it('never loses a write to a small cache, nor makes rows of keys that are not there', () => {
        const all = staged({ name: 'small', key: testInteger, value: testInteger }, 4);
        const { store } = all;
        for (let i = 0; i < 500; i++) store.put(i, i, i);
        for (let i = 0; i < 500; i++) expect(store.get(i)?.value).toBe(i);
        all.commit();
        for (let i = 0; i < 500; i += 3) store.put(i, -i, i);
        for (let i = 499; i >= 0; i--) expect(store.get(i)?.value === (i % 3 === 0 ? -i : i)).toBe(true);
        for (let i = 500; i < 520; i++) expect(store.get(i)).toBeUndefined();
      });

      it('refuses a key with a null in it before it is staged', () => {
        const { store } = staged(totals);
        const key = { city: null, street: 1 } as unknown as Place;
        expect(store.get(key)).toBeUndefined();
        expect(() => store.put(key, { count: 1, label: null }, 0)).toThrow(
          expect.objectContaining({ code: 'STORE_KEY_NULL' }),
        );
        expect(store.seal().size).toBe(0);
      });

      it('reads the table anew after a reset', () => {
        const all = staged(words);
        expect(all.store.get('a')).toBeUndefined();
        all.store.put('b', 'staged', 0);
        fill(words, [['a', 'restored']]);
        all.store.reset();
        expect(keys(all.store.range())).toEqual(['a']);
        expect(all.store.get('a')?.value).toBe('restored');
      });

      it('equals a plain Map under any interleaving', () => {
        let run = 0;
        fc.assert(
          fc.property(
            fc.array(step, { minLength: 20, maxLength: 100, size: 'max' }),
            fc.constantFrom(2, 8, 1000),
            (steps, cacheEntries) => {
              const spec = { name: `model-${run++}`, key: testPlace, value: testString };
              const model = new Model(staged(spec, cacheEntries));
              for (const each of steps) model.take(each);
              model.checkAll();
            },
          ),
          { numRuns: 150 },
        );
      });
    });
  });
}

// --- support --------------------------------------------------------------------------------------------------------

class Staged<K, V> {
  readonly store: StagedStore<K, V>;
  readonly table: CommittedTable<K, V>;
  readonly #backend: StateBackend;

  constructor(backend: StateBackend, spec: StoreSpec<K, V>, cacheEntries = 100_000) {
    this.#backend = backend;
    this.table = backend.table(spec, 0);
    this.store = new StagedStore({ spec, table: this.table, cacheEntries });
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

/** Few, so that the same ones are met again and again. */
const places: readonly Place[] = [
  { city: '', street: 0 },
  { city: 'a', street: -1 },
  { city: 'a', street: 2 ** 40 },
  { city: 'ab', street: -(2 ** 40) },
  { city: '\uFF5E', street: 1 },
  { city: '\u{1F600}', street: 0 },
];
const place = fc.constantFrom(...places);
const query: fc.Arbitrary<RangeQuery<Place>> = fc.record(
  {
    from: place,
    to: place,
    prefix: fc.constantFrom('', 'a', '\u{1F600}'),
    reverse: fc.boolean(),
    limit: fc.integer({ min: 0, max: 5 }),
  },
  { requiredKeys: [] },
);
type Step =
  | { readonly kind: 'put'; readonly key: Place; readonly value: string | null }
  | { readonly kind: 'get'; readonly key: Place }
  | { readonly kind: 'range'; readonly query: RangeQuery<Place> }
  | { readonly kind: 'seal' | 'confirm' | 'write' | 'reset' | 'commit' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('put'), key: place, value: fc.option(fc.string(), { freq: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('get'), key: place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('range'), query }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('seal', 'confirm', 'write', 'reset', 'commit') }) },
) as fc.Arbitrary<Step>;

/** The same store naively: one Map for each layer, joined to read. */
class Model {
  readonly #real: Staged<Place, string>;
  readonly #sealed: { real: ReturnType<StagedStore<Place, string>['seal']>; naive: Map<string, string | null> }[] = [];
  #written = new Map<string, string | null>();
  #confirmed = new Map<string, string | null>();
  #current = new Map<string, string | null>();

  constructor(real: Staged<Place, string>) {
    this.#real = real;
  }

  take(taken: Step): void {
    const { store } = this.#real;
    switch (taken.kind) {
      case 'put':
        this.#current.set(JSON.stringify(taken.key), taken.value);
        store.put(taken.key, taken.value, 0);
        break;
      case 'get':
        expect(store.get(taken.key)?.value ?? null).toBe(this.#rows().get(JSON.stringify(taken.key)) ?? null);
        break;
      case 'range':
        this.check(taken.query);
        break;
      case 'seal':
        this.#seal();
        break;
      case 'confirm':
        this.#confirm();
        break;
      case 'write':
        this.#write();
        expect(store.waiting).toBe(0);
        expect(this.#shown(this.#real.table.range({}))).toEqual(this.#expected({}, this.#confirmed));
        break;
      case 'commit':
        this.#seal();
        while (this.#sealed.length > 0) this.#confirm();
        this.#write();
        break;
      case 'reset':
        store.reset();
        this.#sealed.length = 0;
        this.#confirmed = this.#written;
        this.#current = new Map();
        this.checkAll();
        break;
    }
  }

  checkAll(): void {
    this.check({});
    for (const key of places) this.take({ kind: 'get', key });
  }

  check(asked: RangeQuery<Place>): void {
    expect(this.#shown(this.#real.store.range(asked))).toEqual(this.#expected(asked, this.#rows()));
  }

  #seal(): void {
    const real = this.#real.store.seal();
    expect([...real].map(({ key, value }) => [JSON.stringify(key), value]).sort()).toEqual([...this.#current].sort());
    this.#sealed.push({ real, naive: this.#current });
    this.#current = new Map();
  }

  #confirm(): void {
    const oldest = this.#sealed.shift();
    if (oldest === undefined) return;
    this.#real.store.committed(oldest.real);
    this.#confirmed = new Map([...this.#confirmed, ...oldest.naive]);
  }

  #write(): void {
    this.#real.write();
    this.#written = this.#confirmed;
  }

  #rows(): Map<string, string | null> {
    return new Map([...this.#confirmed, ...this.#sealed.flatMap(({ naive }) => [...naive]), ...this.#current]);
  }

  #shown(entries: Iterable<Entry<Place, string>>): unknown[] {
    return Array.from(entries, ({ key, value }) => [key, value]);
  }

  #expected({ from, to, prefix = '', reverse, limit }: RangeQuery<Place>, rows: Map<string, string | null>): unknown[] {
    const all = [...rows]
      .filter(([, value]) => value !== null)
      .map(([key, value]): [Place, string | null] => [JSON.parse(key), value])
      .filter(([key]) => (from === undefined || naive(key, from) >= 0) && (to === undefined || naive(key, to) <= 0))
      .filter(([key]) => key.city.startsWith(prefix))
      .sort(([a], [b]) => naive(a, b));
    return (reverse === true ? all.reverse() : all).slice(0, limit);
  }
}

function naive(a: Place, b: Place): number {
  return Buffer.compare(Buffer.from(a.city), Buffer.from(b.city)) || a.street - b.street;
}

function keys<K>(entries: Iterable<Entry<K, unknown>>): K[] {
  return Array.from(entries, (entry) => entry.key);
}

function values<V>(entries: Iterable<{ readonly value: V }>): V[] {
  return Array.from(entries, (entry) => entry.value);
}

function sorted(backend: StateBackend): unknown[] {
  return [...backend.checkpoints()].sort((a, b) => (a.topic < b.topic ? -1 : 1));
}
