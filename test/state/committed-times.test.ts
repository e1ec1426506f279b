import { expect, test } from 'vitest';
import { CommittedTimes, FIRST_TIME, LAST_TIME } from '../../src/state/committed-times.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import type { CommittedTable, TimedKey } from '../../src/state/store.ts';
import { timedStore } from '../../src/state/timed-key.ts';
import { testString } from '../support/test-serdes.ts';

/** A table with a row at each time from 0 on, that counts the rows which are read of it. */
function counted(rows: number) {
  const spec = timedStore({
    name: 'rows',
    kind: 'buffer',
    key: testString,
    value: testString,
    retentionMs: Number.POSITIVE_INFINITY,
  });
  const backend = new MemoryBackend();
  const table: CommittedTable<TimedKey<string>, string> = backend.table(spec, 0);
  const changes = Array.from({ length: rows }, (_, time) => ({
    key: { key: 'k', time, order: 0 },
    value: 'v',
    timestamp: time,
  }));
  backend.commit(() => table.write(changes), []);
  const read = { rows: 0 };
  const byIndex: typeof table.byIndex = (...bounds) => {
    const found = table.byIndex(...bounds);
    read.rows += found.length;
    return found;
  };
  return { read, times: new CommittedTimes({ ...table, isEmpty: () => rows === 0, byIndex }) };
}

test('rows that were taken since the table was written are read twice at most, however often one asks', () => {
  const { read, times } = counted(500);
  let taken = -1;
  const isKept = ({ key }: { key: TimedKey<string> }): boolean => key.time > taken;
  for (let time = 0; time < 500; time++) {
    expect(times.within(FIRST_TIME, time, isKept).map(({ key }) => key.time)).toEqual([time]);
    expect(times.first(FIRST_TIME, 2, isKept)).toEqual([time, time + 1].filter((at) => at < 500));
    expect(times.last(isKept)).toBe(499);
    taken = time;
  }
  expect(times.within(FIRST_TIME, LAST_TIME, isKept)).toEqual([]);
  expect(times.first(0, 1, isKept)).toEqual([]);
  expect(times.last(isKept)).toBeUndefined();
  // A search for the first or last row looks at some more; none of them looks at all.
  expect(read.rows).toBeLessThan(500 * 20);
});

test('a row that is written where there was none is found again', () => {
  const { times } = counted(3);
  expect(times.first(FIRST_TIME, 9, () => false)).toEqual([]);
  times.added(1);
  expect(times.first(FIRST_TIME, 9, ({ key }) => key.time === 1)).toEqual([1]);
  expect(times.within(0, 2, ({ key }) => key.time === 1)).toHaveLength(1);
  expect(times.last(({ key }) => key.time === 1)).toBe(1);
});
