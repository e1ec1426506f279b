import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { string } from '../../src/serde/string.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { StagedStore } from '../../src/state/staged-store.ts';
import { timedStore } from '../../src/state/timed-key.ts';
import { TimedStagedStore } from '../../src/state/timed-store.ts';
import { TimedTable } from '../../src/state/timed-table.ts';
import { VersionedStore } from '../../src/state/versioned-store.ts';
import { versionSerde } from '../../src/topology/version-serde.ts';

function open(retentionMs: number): VersionedStore<string, string> {
  const backend = new MemoryBackend();
  const spec = { name: 'rows', key: string(), value: string() };
  const newest = new StagedStore({ spec, table: backend.table(spec, 0) });
  const past = timedStore({
    name: 'past',
    kind: 'version',
    key: string(),
    value: versionSerde(string()),
    retentionMs,
  });
  const history = new TimedStagedStore({ spec: past, table: new TimedTable(backend, past, 0) });
  return new VersionedStore(newest, history, retentionMs);
}

describe('VersionedStore', () => {
  let store: VersionedStore<string, string>;
  beforeEach(() => {
    store = open(10);
  });

  const at = (time: number): string | undefined => store.get('k', time)?.value;

  test('tells where a row went', () => {
    expect(store.put('k', 'a', 10)).toBe('newest');
    expect(store.put('k', 'b', 10)).toBe('newest');
    expect(store.put('k', 'c', 5)).toBe('older');
    expect(store.put('other', 'x', 25)).toBe('newest');
    expect(store.put('k', 'd', 14)).toBe('expired');
    expect(store.put('k', 'd', 15)).toBe('newest');
  });

  test('sees nothing of a time that is past, but a newest version that is not younger', () => {
    store.put('k', 'a', 10);
    store.put('k', 'b', 20);
    expect([at(9), at(10), at(19), at(20)]).toEqual([undefined, 'a', 'a', 'b']);
    store.put('other', 'x', 30);
    expect([at(19), at(20), at(25)]).toEqual([undefined, 'b', 'b']);
    store.put('other', 'x', 99);
    expect([at(20), at(19)]).toEqual(['b', undefined]);
  });

  test('a deletion counts as a version, also of a row that never was', () => {
    expect(store.put('k', null, 10)).toBe('newest');
    expect(store.put('k', 'a', 5)).toBe('older');
    expect([at(5), at(9), at(10)]).toEqual(['a', 'a', undefined]);
    expect(store.put('k', 'b', 10)).toBe('newest');
    expect(store.get('k')).toMatchObject({ value: 'b', timestamp: 10 });
  });

  test('a deletion at the very time of the newest version leaves no trace, unless it ends another one', () => {
    store.put('k', 'a', 10);
    store.put('k', null, 10);
    expect(store.put('k', 'b', 8)).toBe('newest');
    store.put('k', 'c', 12);
    store.put('k', null, 12);
    expect(store.put('k', 'd', 11)).toBe('older');
  });

  test('shows at every time the row that was put last of those before it', () => {
    const put = fc.tuple(fc.nat(30), fc.option(fc.constantFrom('a', 'b', 'c')));
    fc.assert(
      // Times differ: a tombstone at the very time of the newest version has a rule of its own, which the vectors hold.
      fc.property(fc.uniqueArray(put, { maxLength: 30, selector: ([time]) => time }), (puts) => {
        store = open(Number.POSITIVE_INFINITY);
        const rows = new Map<number, string | null>();
        for (const [time, value] of puts) {
          store.put('k', value, time);
          rows.set(time, value);
        }
        for (let time = 0; time <= 31; time++) {
          const last = Math.max(...[...rows.keys()].filter((from) => from <= time));
          expect(at(time) ?? null).toBe(rows.get(last) ?? null);
        }
      }),
    );
  });
});
