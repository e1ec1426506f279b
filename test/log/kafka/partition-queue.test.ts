import { expect, test } from 'vitest';
import { EARLY_BYTES, MAX_BATCH_BYTES, PartitionQueue } from '../../../src/log/kafka/partition-queue.ts';
import { BATCH } from '../../../src/log/records/batch-layout.ts';
import { readBatches } from '../../../src/log/records/batch-reader.ts';
import { record } from '../conformance/support.ts';

const STAMP = { producerId: 7n, producerEpoch: 3, transactional: true };

function queue(sequences: ReadonlyMap<string, number> = new Map()): PartitionQueue {
  return new PartitionQueue('t', 1, { spare: [], sequences, limits: new Map() });
}

test('batches are cut below the limit, in order, with rising sequence numbers', () => {
  const one = queue();
  let bytes = 0;
  for (let at = 0; at < 30_000; at++) bytes += one.append(record(`${at}`, 'x'.repeat(90)));
  const sizes: number[] = [];
  const sequences: number[] = [];
  let offset = 0;
  while (!one.isEmpty) {
    expect(one.isReady(true)).toBe(true);
    const { records, count } = one.take(STAMP);
    sizes.push(records.length);
    sequences.push(records.readInt32BE(BATCH.baseSequence));
    expect(readBatches(records, { topic: 't', partition: 1 })[0]?.count).toBe(count);
    one.acknowledge(offset);
    offset += count;
  }
  expect(sizes.length).toBeGreaterThan(2);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BATCH_BYTES);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(bytes);
  expect(sequences[0]).toBe(0);
  expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
  expect(one.end).toBe(30_000);
});

test('one batch at a time is under way, and is sent again as it was', () => {
  const one = queue();
  one.append(record('a', '1'));
  expect(one.isReady(false)).toBe(false);
  expect(one.isReady(true)).toBe(true);
  const first = one.take(STAMP);
  one.append(record('b', 'x'.repeat(EARLY_BYTES)));
  expect(one.isReady(true)).toBe(false);
  one.isResend = true;
  expect(one.isReady(false)).toBe(true);
  expect(one.take(STAMP)).toBe(first);
  expect(one.acknowledge(10)).toBe(first.records.length);
  expect(one.end).toBe(11);
  expect(one.isReady(false)).toBe(true);
  expect(one.take(STAMP).records.readInt32BE(BATCH.baseSequence)).toBe(1);
});

test('numbers go on where the transaction before has ended, known only when the first batch is sent', () => {
  const sequences = new Map<string, number>();
  const one = queue(sequences);
  one.append(record('a', '1'));
  sequences.set('t/1', 2 ** 31 - 1);
  expect(one.take(STAMP).records.readInt32BE(BATCH.baseSequence)).toBe(2 ** 31 - 1);
  expect(one.nextSequence).toBe(0);
});
