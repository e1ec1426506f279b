import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RangeBounds } from '../../src/state/range-bounds.ts';
import { UnwrittenGroups } from '../../src/state/unwritten-groups.ts';
import { UnwrittenOrder } from '../../src/state/unwritten-order.ts';

type Key = readonly [group: string, member: number];

const slot = (key: Key) => ({ change: { key, value: key.join(), timestamp: 0 }, generation: 1, index: 0 });
const place = (key: Key) => ({ columns: key, slot: slot(key) });
const key = fc.tuple(fc.constantFrom('', 'a', 'ab', 'b', '\0s'), fc.nat({ max: 9 }));
const bound = fc.option(key, { nil: undefined });

test('gives what an order of all gives, within a group and beyond', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { selector: String }),
      fc.nat({ max: 20 }),
      fc.array(fc.tuple(bound, bound)),
      (keys, count, ranges) => {
        const first = keys.slice(0, count);
        const order = new UnwrittenOrder<Key, string>(first.map(place));
        const groups = new UnwrittenGroups<Key, string>(first.map(place));
        const all: RangeBounds[] = ranges.map(([from, to]) => ({ ...(from && { from }), ...(to && { to }) }));
        const rest = keys.slice(count);
        // Asked after each key that comes, so that what was in order takes up what was not.
        for (const each of [undefined, ...rest]) {
          if (each !== undefined) {
            order.add(each, slot(each));
            groups.add(each, slot(each));
          }
          for (const bounds of all) expect(groups.within(bounds)).toEqual(order.within(bounds));
        }
      },
    ),
  );
});
