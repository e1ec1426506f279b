import { beforeEach, describe, expect, test } from 'vitest';
import { integer } from '../../src/serde/integer.ts';
import { string } from '../../src/serde/string.ts';
import { ExpiringStore } from '../../src/state/expiring-store.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { StagedStore } from '../../src/state/staged-store.ts';
import { timedStore } from '../../src/state/timed-key.ts';
import { TimedStagedStore } from '../../src/state/timed-store.ts';
import { TimedTable } from '../../src/state/timed-table.ts';
import { Random } from '../../src/testing/simulation/random.ts';

function open() {
  const backend = new MemoryBackend();
  const spec = { name: 'rows', key: string(), value: string() };
  const rows = new StagedStore({ spec, table: backend.table(spec, 0) });
  const retentionMs = Number.POSITIVE_INFINITY;
  const beside = timedStore({ name: 'ends', kind: 'buffer', key: string(), value: integer(), retentionMs });
  const ends = new TimedStagedStore({ spec: beside, table: new TimedTable(backend, beside, 0) });
  const ended: [key: string, end: number][] = [];
  const make = (timeToLive: number) =>
    new ExpiringStore<string, string>({
      rows,
      ends,
      key: string().columns,
      timeToLive,
      expire: (key, _, end) => {
        ended.push([key, end]);
        rows.put(key, null, end);
      },
      late: () => {},
    });
  return { rows, ends, ended, make };
}

describe('ExpiringStore', () => {
  let opened: ReturnType<typeof open>;
  beforeEach(() => {
    opened = open();
  });
  const entries = () => opened.ends.all().map(({ key, value }) => [key.key, key.time, value]);

  test('a row that is written again is looked at when its first end has come, and then noted once', () => {
    const store = opened.make(10);
    for (let time = 0; time < 10; time++) {
      store.advance(time);
      store.put('k', `at ${time}`, time);
    }
    expect(entries()).toEqual([['k', 10, 10]]);
    store.advance(10);
    expect(opened.ended).toEqual([]);
    expect(entries()).toEqual([['k', 19, 10]]);
    store.advance(30);
    expect(opened.ended).toEqual([['k', 19]]);
    expect(entries()).toEqual([]);
  });

  test('the note of a row that was deleted goes when its time has come', () => {
    const store = opened.make(10);
    store.put('k', 'x', 0);
    store.put('k', null, 1);
    expect(entries()).toEqual([['k', 10, 10]]);
    store.advance(10);
    expect([entries(), opened.ended]).toEqual([[], []]);
  });

  test('a shorter time brings the note forward, a longer one keeps it, an infinite one takes it away', () => {
    const store = opened.make(10);
    store.put('k', 'x', 0, 5);
    expect([store.due, entries()]).toEqual([5, [['k', 5, 5]]]);
    store.put('k', 'x', 0, 50);
    expect(entries()).toEqual([['k', 5, 50]]);
    store.advance(5);
    expect([store.due, entries()]).toEqual([50, [['k', 50, 50]]]);
    store.put('k', 'x', 6);
    expect([store.due, entries()]).toEqual([16, [['k', 16, 10]]]);
    store.put('k', 'x', 7, Number.POSITIVE_INFINITY);
    store.advance(1_000_000);
    expect([store.due, entries(), opened.ended]).toEqual([Number.POSITIVE_INFINITY, [], []]);
    expect(opened.rows.get('k')?.value).toBe('x');
  });

  test('rows from before the store had a time to live get it with the first record', () => {
    opened.rows.put('old', 'x', 3);
    opened.rows.put('older', 'x', 1);
    const store = opened.make(10);
    store.put('new', 'x', 4);
    expect(store.due).toBe(11);
    store.advance(13);
    expect(opened.ended).toEqual([
      ['older', 11],
      ['old', 13],
    ]);
    expect(entries()).toEqual([['new', 14, 10]]);
  });

  test('they live for ever where rows end only if they say so', () => {
    opened.rows.put('old', 'x', 3);
    expect(opened.make(Number.POSITIVE_INFINITY).due).toBe(Number.POSITIVE_INFINITY);
  });

  test('a time does not come twice, and what is late stays so, in whatever opens the store next', () => {
    opened.make(10).advance(100);
    const store = opened.make(10);
    store.advance(50);
    expect([store.put('k', 'x', 90), store.put('k', 'x', 91)]).toEqual([false, true]);
  });

  test('a row that would live longer than times go lives for ever', () => {
    const store = opened.make(Number.MAX_SAFE_INTEGER);
    store.put('k', 'x', 5);
    expect([store.due, entries()]).toEqual([Number.POSITIVE_INFINITY, []]);
  });

  test('of very many rows each ends in its time, in the order of the times, then of the keys', () => {
    const store = opened.make(10);
    const expected: [key: string, end: number][] = [];
    const random = new Random(1);
    const until = new Map<string, number>();
    for (let time = 1; time <= 60; time++) {
      store.advance(time);
      const ending = [...until].filter(([, end]) => end <= time).sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [key, end] of ending) {
        expected.push([key, end]);
        until.delete(key);
      }
      for (let n = 0; n < 100; n++) {
        const key = `k${random.whole(0, 4000)}`;
        const own = random.whole(1, 60);
        store.put(key, 'x', time, own);
        until.set(key, time + own);
      }
    }
    expect(opened.ended).toEqual(expected);
    expect(expected.length).toBeGreaterThan(1000);
    store.advance(59 + 61);
    expect(opened.ended).toHaveLength(expected.length + until.size);
    expect(entries()).toEqual([]);
  });
});
