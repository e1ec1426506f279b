import { describe, expect, test } from 'vitest';
import { BinaryHeap } from '../../src/util/binary-heap.ts';

const drained = (items: readonly (readonly [number, string])[]): string => {
  const heap = new BinaryHeap<readonly [number, string]>((a, b) => a[0] - b[0]);
  for (const item of items) heap.add(item);
  const out: string[] = [];
  for (let item = heap.poll(); item !== undefined; item = heap.poll()) out.push(item[1]);
  return out.join('');
};

describe('binary heap', () => {
  test('gives items by size', () => {
    const numbers = Array.from({ length: 200 }, (_, i) => (i * 7919) % 211);
    const heap = new BinaryHeap<number>((a, b) => a - b);
    for (const n of numbers) heap.add(n);
    const out = Array.from(numbers, () => heap.poll());
    expect(out).toEqual([...numbers].sort((a, b) => a - b));
    expect(heap.poll()).toBeUndefined();
    expect(heap.size).toBe(0);
  });

  test('equal items come in the order of java.util.PriorityQueue', () => {
    // Printed by Java: PriorityQueue of (number, letter) compared by number, polled until empty.
    expect(drained([...'abcdef'].map((letter) => [1, letter] as const))).toBe('afedcb');
    expect(drained([...'abcdefgh'].map((letter, i) => [i % 2, letter] as const))).toBe('aegcbdfh');
  });
});
