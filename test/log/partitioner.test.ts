import { murmur2 as other } from '@platformatic/kafka';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { murmur2, Partitioner, partitionOfKey } from '../../src/log/partitioner.ts';

test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('the hash of %s is the one of Kafka', (text, expected) => {
  expect(murmur2(Buffer.from(text))).toBe(expected);
});

test('the hash is that of another client, for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(murmur2(bytes)).toBe(Number(BigInt.asIntN(32, BigInt(other(Buffer.from(bytes))))));
    }),
  );
});

test('a key always goes to the same partition, which is there', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 50 }), (key, partitions) => {
      const partition = partitionOfKey(key, partitions);
      expect(partition).toBeGreaterThanOrEqual(0);
      expect(partition).toBeLessThan(partitions);
      expect(new Partitioner().choose(key, partitions)).toBe(partition);
    }),
  );
});

test('records without a key go round', () => {
  const partitioner = new Partitioner();
  expect(Array.from({ length: 5 }, () => partitioner.choose(null, 3))).toEqual([0, 1, 2, 0, 1]);
});
