import { expect, test } from 'vitest';
import { UnwrittenOrder } from '../../src/state/unwritten-order.ts';

const slot = (key: number) => ({ change: { key, value: `v${key}`, timestamp: 0 }, generation: 1, index: 0 });
/** Each number below `count` once, in a scattered order. */
const scattered = (count: number): number[] => Array.from({ length: count }, (_, n) => (n * 7919) % count);

test('keeps thousands of keys in order, however they come', () => {
  const [first, ...rest] = [scattered(5000).slice(0, 1000), ...scattered(5000).slice(1000)];
  const order = new UnwrittenOrder(first.map((key) => ({ columns: [key], slot: slot(key) })));
  for (const key of rest) order.add([key], slot(key));
  expect(order.within({}).map(({ change }) => change.key)).toEqual(Array.from({ length: 5000 }, (_, n) => n));
  for (const [from, to] of [
    [0, 0],
    [-3, 2],
    [511, 513],
    [1234, 3456],
    [4998, 9999],
    [9999, 10_000],
  ] as const) {
    const expected = Array.from({ length: 5000 }, (_, n) => n).filter((key) => key >= from && key <= to);
    expect(order.within({ from: [from], to: [to] }).map(({ change }) => change.key)).toEqual(expected);
  }
});

test('gives the newest change of a key', () => {
  const one = slot(1);
  const order = new UnwrittenOrder([{ columns: [1], slot: one }]);
  one.change = { key: 1, value: 'newer', timestamp: 5 };
  expect(order.within({ from: [1] })).toEqual([{ columns: [1], change: { key: 1, value: 'newer', timestamp: 5 } }]);
});
