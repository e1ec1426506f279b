import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { FlatRows } from '../../src/state/flat-rows.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { TimedChange } from '../../src/state/timed-change.ts';
import { timedStore } from '../../src/state/timed-key.ts';
import { TimedStagedStore } from '../../src/state/timed-store.ts';
import { TimedTable } from '../../src/state/timed-table.ts';
import { testString } from '../support/test-serdes.ts';

const columns = testString.columns;

function opened(rows: readonly (readonly [key: string, time: number])[], hash: () => number) {
  const spec = timedStore({ name: 'rows', kind: 'buffer', key: testString, value: testString, retentionMs: 100 });
  const backend = new MemoryBackend();
  const table = backend.table(spec, 0);
  const changes = rows.map(([key, time]) => ({
    key: { key, time, order: 0 },
    value: `${key}${time}`,
    timestamp: time,
  }));
  backend.commit(() => table.write(changes), []);
  const flat = new FlatRows<string, string>(table, columns, { cacheEntries: 2, hash });
  flat.reset();
  return flat;
}

test('keys of one hash, time and order are told apart, in the table and in memory', () => {
  const flat = opened(
    [
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ],
    () => 7,
  );
  const found = (key: string, time: number): string | null | undefined => flat.of(key, 0)?.find(time, 0)?.change.value;
  for (const _ of [1, 2]) {
    expect([found('a', 1), found('b', 1), found('c', 2)]).toEqual(['a1', 'b1', 'c2']);
    expect([found('a', 2), found('d', 1)]).toEqual([undefined, undefined]);
  }
  expect(flat.of('b', 0)?.within(0, 9)).toMatchObject([{ key: { key: 'b', time: 1 } }]);
});

test('finds all that was inserted, whatever else was, and drops what is past', () => {
  const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(3000)), { minLength: 1, maxLength: 3000 });
  fc.assert(
    fc.property(rows, fc.boolean(), (inserted, collide) => {
      const flat = opened([], () => (collide ? 1 : 2));
      const kept = new Set<string>();
      for (const [key, time] of inserted) {
        if (kept.has(`${key}${time}`)) continue;
        kept.add(`${key}${time}`);
        const change = new TimedChange({ key, time, order: 0 }, `${key}${time}`, time, 1);
        flat.open(key, 1000)?.insert({ change, generation: 1, index: 0 });
      }
      for (const key of ['a', 'b', 'c']) {
        const rows = flat.of(key, 1000)?.within(1001, 3000) ?? [];
        const expected = inserted.filter(([other, time]) => other === key && time > 1000).map(([, time]) => time);
        expect(rows.map(({ key: at }) => at.time)).toEqual([...new Set(expected)].sort((a, b) => a - b));
      }
    }),
    { numRuns: 20 },
  );
});

test('a row that came and went before the table was written leaves no place behind', () => {
  const spec = timedStore({ name: 'rows', kind: 'buffer', key: testString, value: testString, retentionMs: Infinity });
  const backend = new MemoryBackend();
  const table = new TimedTable(backend, spec, 0);
  const store = new TimedStagedStore({ spec, table, cacheEntries: 1 });
  const asked = vi.spyOn(table, 'get');
  for (let time = 0; time < 50; time++) {
    store.put({ key: 'a', time, order: 0 }, 'waits', time);
    const came = store.seal();
    store.put({ key: 'a', time, order: 0 }, null, time);
    const went = store.seal();
    for (const generation of [came, went]) store.committed(generation);
    backend.commit(() => table.write(store.drain()), []);
    store.drained();
  }
  expect(store.fetch('a', 0, 99)).toEqual([]);
  expect(asked).not.toHaveBeenCalled();
});

test('gives a row once, where keys of one hash share its place and memory has room for little', () => {
  const flat = opened(
    [
      ['b', 1],
      ['a', 2],
      ['a', 3],
      ['a', 4],
      ['a', 5],
      ['a', 1],
    ],
    () => 7,
  );
  const times = (): number[] | undefined =>
    flat
      .of('a', 0)
      ?.within(0, 9)
      .map(({ key }) => key.time);
  for (const _ of [1, 2, 3]) expect(times()).toEqual([1, 2, 3, 4, 5]);
});
