import { expect, test } from 'vitest';
import { Scratch } from '../../src/serde/scratch.ts';

test('grows with what is in it, and gives views of the memory that it has', () => {
  const scratch = new Scratch();
  scratch.reserve(3).write('abc');
  expect(scratch.first(3).toString()).toBe('abc');
  expect(scratch.first(2).toString()).toBe('ab');
  scratch.reserve(5000).write('d', 3);
  expect(scratch.first(4).toString()).toBe('abcd');
  scratch.buffer.write('x');
  expect(scratch.first(3).toString()).toBe('xbc');
  expect(scratch.first(5000)).toHaveLength(5000);
});
