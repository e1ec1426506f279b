import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts';
import { ChangelogTrim } from '../../src/runtime/changelog-trim.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import type { Change, TimedKey } from '../../src/state/store.ts';
import { timedStore } from '../../src/state/timed-key.ts';
import { TimedStagedStore } from '../../src/state/timed-store.ts';
import { TimedTable } from '../../src/state/timed-table.ts';
import { temporaryFolder } from '../support/embedded.ts';
import { testString } from '../support/test-serdes.ts';
import { checkTrim } from './changelog-trim.ts';

test('gives the end of a part once all of it is too old, once, and never that of the newest part', () => {
  const trim = new ChangelogTrim(160);
  trim.written({ newest: 5, part: 0 }, 3);
  trim.written({ newest: 9, part: 0 }, 7);
  trim.written({ newest: 15, part: 1 }, 9);
  expect(trim.take()).toBeUndefined();
  trim.written({ newest: 168, part: 16 }, 12);
  expect(trim.take()).toBeUndefined();
  trim.written({ newest: 169, part: 16 }, 14);
  expect([trim.take(), trim.take()]).toEqual([7, undefined]);
  trim.written({ newest: 9000, part: 900 }, 20);
  expect([trim.take(), trim.take()]).toEqual([14, undefined]);
});

test('a worker cuts off the changelog of windows, and the next one goes on with what is left', async () => {
  using folder = temporaryFolder();
  const log = await openEmbeddedLog(join(folder.path, 'log.db'));
  await checkTrim(log);
  await log.close();
});

// --- what is left after a cut is enough -------------------------------------------------------------------------------

const RETENTION_MS = 8;
const spec = timedStore({
  name: 'rows',
  kind: 'session',
  key: testString,
  value: testString,
  retentionMs: RETENTION_MS,
});

const step = fc.oneof(
  fc.record({
    put: fc.record({ key: fc.constantFrom('a', 'b'), ahead: fc.nat(12), order: fc.nat(1) }),
    value: fc.option(fc.string({ maxLength: 2 }), { freq: 2 }),
  }),
  fc.record({ mark: fc.constantFrom('m', 'closed'), value: fc.nat(99) }),
  fc.constantFrom('commit' as const, 'commit' as const, 'fail' as const, 'write' as const, 'cut' as const),
  fc.record({ reopen: fc.boolean() }),
);

interface Logged {
  readonly offset: number;
  readonly change: Change<TimedKey<string>, string>;
}

/** A store with its changelog. */
class Bench {
  readonly #backend = new MemoryBackend();
  #log: Logged[] = [];
  #start = 0;
  #end = 0;
  /** What the table has, and what it will have. */
  #position = 0;
  #confirmed = 0;
  #trim = new ChangelogTrim(RETENTION_MS);
  #table = new TimedTable(this.#backend, spec, 0);
  store = new TimedStagedStore({ spec, table: this.#table, cacheEntries: 2 });

  commit(): void {
    const sealed = this.store.seal();
    const time = this.store.sealedTime;
    const changes = [...sealed];
    for (const change of changes) this.#log.push({ offset: this.#end++, change });
    this.store.committed(sealed);
    if (changes.length === 0) return;
    this.#confirmed = this.#end;
    if (time !== undefined) this.#trim.written(time, this.#end++);
  }

  write(): void {
    this.#backend.commit(() => this.#table.write(this.store.drain()), []);
    this.store.drained();
    this.#position = this.#confirmed;
  }

  cut(): void {
    this.#start = this.#trim.take() ?? this.#start;
    this.#log = this.#log.filter(({ offset }) => offset >= this.#start);
  }

  /** As after a crash, with the table or without. */
  reopen(hasTable: boolean): void {
    if (!hasTable || this.#position < this.#start) {
      this.#backend.commit(() => this.#table.clear(), []);
      this.#position = this.#start;
    }
    for (const { offset, change } of this.#log)
      if (offset >= this.#position) this.#backend.commit(() => this.#table.write([change]), []);
    this.#position = this.#end;
    this.#confirmed = this.#end;
    this.#trim = new ChangelogTrim(RETENTION_MS);
    this.#table = new TimedTable(this.#backend, spec, 0);
    this.store = new TimedStagedStore({ spec, table: this.#table, cacheEntries: 2 });
  }
}

/** All that a store knows. */
const known = (store: TimedStagedStore<string, string>): unknown => ({
  rows: store.all().map(({ key, value }) => [key, value]),
  newest: store.newest,
  marks: ['m', 'closed'].map((name) => store.mark(name)),
});

test('what is left of a changelog is all that a store needs, wherever it was cut and whoever reads it', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 200, size: 'max' }), (steps) => {
      const bench = new Bench();
      let time = 0;
      let committed = known(bench.store);
      const reopened = (hasTable: boolean): void => {
        bench.reopen(hasTable);
        expect(known(bench.store)).toEqual(committed);
      };
      for (const taken of steps) {
        if (taken === 'commit') {
          committed = known(bench.store);
          bench.commit();
        } else if (taken === 'fail') {
          bench.store.seal();
          reopened(true);
        } else if (taken === 'write' || taken === 'cut') bench[taken]();
        else if ('reopen' in taken) reopened(taken.reopen);
        else if ('mark' in taken) bench.store.setMark(taken.mark, taken.value);
        else {
          const { key, ahead, order } = taken.put;
          time++;
          bench.store.put({ key, time: time + ahead, order }, taken.value, time);
        }
      }
      reopened(false);
    }),
    { numRuns: 200 },
  );
});
