import fc from 'fast-check';
import { expect, test } from 'vitest';
import { integer } from '../../../src/serde/integer.ts';
import { windowed } from '../../../src/serde/windowed.ts';
import { MemoryTable } from '../../../src/state/memory/memory-table.ts';
import type { Change } from '../../../src/state/store.ts';

type Key = { readonly key: number; readonly start: number; readonly end: number };

const spec = { name: 'rows', key: windowed(integer(), 1), value: integer(), index: [1] };
const keyAt = (key: number, start: number): Key => ({ key, start, end: start + 1 });
const open = (): MemoryTable<Key, number> => new MemoryTable(spec, (step) => step());

const number = fc.integer({ min: 0, max: 30 });
const step = fc.oneof(
  { weight: 9, arbitrary: fc.record({ key: number, start: number, value: fc.option(fc.nat()) }) },
  { weight: 1, arbitrary: fc.record({ upTo: fc.integer({ min: -1, max: 4 }) }) },
);

test('orders that are kept up while few rows change are those of all rows', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), number, number, fc.nat({ max: 20 }), (steps, from, to, limit) => {
      const table = open();
      table.write(Array.from({ length: 200 }, (_, i) => change(i % 20, 3 * Math.floor(i / 20), i)));
      for (const each of steps) {
        // Asked for, so that it is there to be kept up.
        table.byIndex(0, 0);
        Array.from(table.range({ limit: 1 }));
        if ('upTo' in each) table.expire(each.upTo);
        else table.write([change(each.key, each.start, each.value)]);
      }
      const anew = open();
      anew.write(Array.from(table.keys(), (key) => ({ key, value: table.get(key)?.value ?? null, timestamp: 0 })));
      for (const reverse of [false, true]) {
        expect(table.byIndex(from, to, limit, reverse)).toEqual(anew.byIndex(from, to, limit, reverse));
        const range = { from: keyAt(from, to), to: keyAt(to, from), limit, reverse };
        expect([...table.range(range)]).toEqual([...anew.range(range)]);
      }
      expect([...table.range({})]).toEqual([...anew.range({})]);
    }),
  );
});

function change(key: number, start: number, value: number | null): Change<Key, number> {
  return { key: keyAt(key, start), value, timestamp: 0 };
}
