import { expect, test } from 'vitest';
import type { CapturedRecord } from '../../src/testing/captured-log.ts';
import { WaitingRecords } from '../../src/testing/waiting-records.ts';

const at = (timestamp: number, offset = 0): CapturedRecord => ({
  key: null,
  value: null,
  timestamp,
  headers: [],
  offset,
});

function order(records: readonly (readonly [topic: string, timestamp: number])[]): string[] {
  const waiting = new WaitingRecords();
  for (const [topic, timestamp] of records) waiting.add(topic, at(timestamp));
  const taken: string[] = [];
  for (let next = waiting.next(); next !== undefined; next = waiting.next())
    taken.push(`${next.topic}${next.record.timestamp}`);
  return taken;
}

test('the topic whose oldest record has the smallest timestamp comes next', () => {
  expect(
    order([
      ['a', 5],
      ['b', 3],
      ['c', 4],
    ]),
  ).toEqual(['b3', 'c4', 'a5']);
});

test('within a topic records keep their order, whatever their timestamps', () => {
  expect(
    order([
      ['a', 5],
      ['a', 1],
      ['b', 3],
    ]),
  ).toEqual(['b3', 'a5', 'a1']);
});

test('among equal timestamps a topic that has had its turn goes behind', () => {
  expect(
    order([
      ['a', 1],
      ['a', 1],
      ['b', 1],
    ]),
  ).toEqual(['a1', 'b1', 'a1']);
});

test('a topic that was empty can wait again', () => {
  const waiting = new WaitingRecords();
  waiting.add('a', at(1));
  expect(waiting.next()?.record.offset).toBe(0);
  expect(waiting.next()).toBeUndefined();
  waiting.add('a', at(2, 1));
  expect(waiting.next()?.record.offset).toBe(1);
});
