/** Rows with a time to live beside a naive model, with restarts of every kind in between. */
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import {
  count,
  groupBy,
  keyValueStore,
  nullable,
  process,
  string,
  to,
  topology,
  toStream,
  toTable,
} from '../../src/index.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { openStateFile } from '../../src/state/sqlite/state-file.ts';
import type { Entry, StateBackend } from '../../src/state/store.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const words = { key: string(), value: string() };
const rows = { key: string(), value: nullable(string()) };
const deletable = { value: nullable(string()) };
const TIME_TO_LIVE = 20;

/** `rows` live for 20 ms; those of `own`, for ever or as long as they say. */
const ending = topology('ending', (flow) => {
  const input = flow.stream('in', rows);
  const table = input.pipe(toTable('rows', { ...words, timeToLive: TIME_TO_LIVE }));
  table.pipe(toStream(), to('changes', deletable));
  table.pipe(
    groupBy('by-value', (value) => wordOf(value), words),
    count('counts'),
  );
  input.pipe(
    process({
      stores: [keyValueStore('own', { ...words, timeToLive: Number.POSITIVE_INFINITY })],
      init:
        ({ stores: { own } }) =>
        ({ key, value }) =>
          own.put(key, value, value === null ? {} : { timeToLive: ownOf(value) }),
    }),
  );
});

interface Event {
  readonly key: string;
  readonly value: string | null;
  /** How far its time is from the newest one before it. */
  readonly step: number;
  readonly next: 'go on' | 'commit' | 'kill' | 'kill behind' | 'lose the state';
}

/** Values are of the form `word/ms`. */
const wordOf = (value: string): string => value.split('/')[0] ?? '';
const ownOf = (value: string): number => Number(value.split('/')[1]);

type Row = Entry<string, string>;

/** One store, and what is to be in it. */
class Model {
  #rows = new Map<string, Row & { readonly end: number }>();
  #time = -1;
  readonly #timeToLive: (value: string) => number;
  dropped = 0;

  constructor(timeToLive: (value: string) => number) {
    this.#timeToLive = timeToLive;
  }

  take(key: string, value: string | null, timestamp: number): void {
    this.#time = Math.max(this.#time, timestamp);
    for (const row of this.#rows.values()) if (row.end <= this.#time) this.#rows.delete(row.key);
    const end = value === null ? 0 : timestamp + this.#timeToLive(value);
    if (value === null) this.#rows.delete(key);
    else if (end <= this.#time) this.dropped++;
    else this.#rows.set(key, { key, value, timestamp, end });
  }

  get rows(): Row[] {
    const rows = [...this.#rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    return rows.map(({ key, value, timestamp }) => ({ key, value, timestamp }));
  }
}

const events: fc.Arbitrary<Event[]> = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    value: fc.option(fc.constantFrom('x/5', 'y/5', 'x/30', 'y/Infinity'), { freq: 5, nil: null }),
    step: fc.integer({ min: -25, max: 15 }),
    next: fc.constantFrom<Event['next'][]>(
      'go on',
      'go on',
      'go on',
      'commit',
      'kill',
      'kill behind',
      'lose the state',
    ),
  }),
  { maxLength: 40 },
);

const directory = temporaryDirectory();
afterAll(() => directory.remove());
let files = 0;

/** A state file that is opened anew by each process; memory stays as it is. */
function place(kind: 'memory' | 'sqlite'): { readonly lost: () => StateBackend; readonly again: () => StateBackend } {
  const open = (): StateBackend =>
    kind === 'memory'
      ? new MemoryBackend()
      : openStateFile({ path: join(directory.path, `${files}.db`), applicationId: 'ending' });
  let backend: StateBackend | undefined;
  return {
    lost: () => {
      backend?.close();
      files++;
      backend = open();
      return backend;
    },
    again: () => {
      if (kind === 'sqlite') backend?.close();
      if (kind === 'sqlite' || backend === undefined) backend = open();
      return backend;
    },
  };
}

async function check(kind: 'memory' | 'sqlite', given: readonly Event[], emit: 'update' | 'commit') {
  const { lost, again } = place(kind);
  const driver = await TopologyTestDriver.open(ending, { backend: lost(), settings: { emit } });
  const input = await driver.input('in', rows);
  const changes = await driver.output('changes', rows);
  const table = new Model(() => TIME_TO_LIVE);
  const own = new Model(ownOf);
  const told = new Map<string, string | null>();
  let time = 0;
  for (const { key, value, step, next } of given) {
    const timestamp = Math.max(0, time + step);
    time = Math.max(time, timestamp);
    input.pipe(key, value, { timestamp });
    table.take(key, value, timestamp);
    own.take(key, value, timestamp);
    if (next === 'commit') driver.commit();
    if (next === 'kill') await driver.restart({ backend: again });
    if (next === 'kill behind') await driver.restart({ backend: again, behind: true });
    if (next === 'lose the state') await driver.restart({ backend: lost });
    expect([...driver.store('rows').range()]).toEqual(table.rows);
    expect([...driver.store('own').range()]).toEqual(own.rows);
    for (const name of ['rows-expiry', 'own-expiry']) {
      const keys = driver
        .timedStore<string, number>(name)
        .all()
        .map(({ key }) => key.key);
      expect(new Set(keys).size).toBe(keys.length);
    }
  }
  driver.commit();
  for (const { key, value } of changes.readAll()) if (key !== null) told.set(key, value);
  const there = [...told].filter(([, value]) => value !== null).sort(([a], [b]) => (a < b ? -1 : 1));
  expect(there).toEqual(table.rows.map(({ key, value }) => [key, value]));
  const counts = [...driver.store<string, number>('counts').range()].filter(({ value }) => value !== 0);
  const counted = ['x', 'y'].map((word) => [word, table.rows.filter(({ value }) => wordOf(value) === word).length]);
  expect(counts.map(({ key, value }) => [key, value])).toEqual(counted.filter(([, n]) => n !== 0));
  expect(driver.droppedTotal).toBe(table.dropped + own.dropped);
}

test.each([
  ['memory', 'update'],
  ['memory', 'commit'],
  ['sqlite', 'update'],
  ['sqlite', 'commit'],
] as const)('in %s, with emit %s, the rows are those that have not ended', async (kind, emit) => {
  await fc.assert(
    fc.asyncProperty(events, (given) => check(kind, given, emit)),
    { numRuns: kind === 'memory' ? 150 : 20 },
  );
});
