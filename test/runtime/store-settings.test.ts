import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  avro,
  count,
  type Flow,
  groupByKey,
  integer,
  mapValues,
  processValues,
  type StoreSettings,
  store,
  string,
  to,
  topology,
  toStream,
  tumbling,
  windowedBy,
} from '../../src/index.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { openStateFile } from '../../src/state/sqlite/state-file.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const keyText = { key: string(), value: string() };

const build = (flow: Flow): void => {
  flow.table('rows', { ...keyText, name: 'rows', versioned: { retentionMs: 100 } });
  const grouped = flow.stream('in', keyText).pipe(groupByKey());
  grouped.pipe(count('counts'), to('out'));
  grouped.pipe(windowedBy(tumbling(10)), count('windows'));
  flow.stream('in', keyText).pipe(
    processValues({
      stores: [store('cache', integer())],
      init:
        ({ stores: { cache } }) =>
        ({ key }) =>
          cache.put(key, (cache.get(key) ?? 0) + 1),
    }),
  );
};
const settled = (stores: Record<string, StoreSettings>) => topology('settled', build, { stores });
const topics = { in: 1, rows: 1, out: 1 };

async function runOnce(bench: LogBench, stores: Record<string, StoreSettings>): Promise<string> {
  await bench.write('in', [['k', 'v']]);
  const worker = bench.worker(settled(stores));
  await worker.start();
  await worker.untilEnd();
  return worker.stateFile;
}

describe('a store in memory', () => {
  const stores = { counts: { inMemory: true }, windows: { inMemory: true }, rows: { inMemory: true } };

  test('is not in the state file, and comes back from its changelog at every start', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, topics);
    for (const round of [1, 2, 3]) {
      const path = await runOnce(bench, stores);
      expect((await bench.read('out')).slice(-1).map(({ raw }) => Number(raw?.readBigInt64BE()))).toEqual([round]);
      const file = openStateFile({ path, applicationId: 'settled' });
      const names = file.checkpoints().map(({ topic }) => topic);
      expect(names).toContain('settled-cache-changelog');
      for (const name of ['settled-counts-changelog', 'settled-windows-changelog', 'settled-rows-history-changelog'])
        expect(names).not.toContain(name);
      file.close();
    }
  });

  test('is lost with its task, and restored, in the test driver too', async () => {
    const backend = new MemoryBackend();
    const driver = await TopologyTestDriver.open(settled(stores), { backend });
    const input = await driver.input('in', keyText);
    const rows = await driver.input('rows', keyText);
    input.pipe('k', 'v', { timestamp: 1 });
    rows.pipe('r', 'old', { timestamp: 1 });
    rows.pipe('r', 'new', { timestamp: 5 });
    await driver.restart();
    input.pipe('k', 'v', { timestamp: 2 });
    expect(driver.store('counts').get('k')).toMatchObject({ value: 2 });
    expect(driver.windowStore('windows').get('k', 0)).toBe(2);
    expect(driver.versionedStore('rows').get('r', 3)).toMatchObject({ value: 'old' });
    driver.commit();
    expect(backend.checkpoints().map(({ topic }) => topic)).not.toContain('settled-counts-changelog');
  });
});

describe('a store without a changelog', () => {
  const stores = { cache: { changelog: false } };

  test('has no topic; its rows are those of the state file', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, topics);
    for (const round of [1, 2]) {
      const path = await runOnce(bench, stores);
      expect(existsSync(path)).toBe(true);
      const names = (await bench.log.topics()).map(({ name }) => name);
      expect(names).toContain('settled-counts-changelog');
      expect(names).not.toContain('settled-cache-changelog');
      const file = openStateFile({ path: path, applicationId: 'settled' });
      const table = file.table({ name: 'cache', key: string(), value: integer() }, 0);
      expect(table.get('k')).toMatchObject({ value: round });
      file.close();
    }
  });

  test('is empty where the state is lost', async () => {
    const driver = await TopologyTestDriver.open(settled(stores));
    const input = await driver.input('in', keyText);
    input.pipe('k', 'v');
    await driver.restart();
    expect(driver.store('cache').get('k')).toMatchObject({ value: 1 });
    await driver.restart({ backend: new MemoryBackend() });
    expect(driver.store('cache').get('k')).toBeUndefined();
    expect(driver.store('counts').get('k')).toMatchObject({ value: 1 });
  });
});

describe('a store of Avro without a changelog', () => {
  const Note = { type: 'record', name: 'Note', fields: [{ name: 'text', type: 'string' }] } as const;
  const strict = topology(
    'notes',
    (flow) => {
      const grouped = flow.stream('in', keyText).pipe(groupByKey());
      for (const name of ['logged', 'unlogged']) {
        const kept = store(name, avro(Note));
        const notes = grouped.pipe(kept.aggregate({ initial: () => ({ text: '' }), add: (_, text) => ({ text }) }));
        notes.pipe(
          mapValues(({ text }) => {
            if (text === 'bad' && name === 'unlogged') throw new Error('as asked');
            return text;
          }),
          toStream(),
          to('out', keyText),
        );
      }
    },
    { stores: { unlogged: { changelog: false } } },
  );

  test('registers nothing, and its dead letters are JSON', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, topics);
    await bench.write('in', [
      ['k', 'fine'],
      ['l', 'bad'],
    ]);
    const worker = bench.worker(strict, { processingErrors: 'dead-letter' });
    await worker.start();
    await worker.untilEnd();
    expect(await bench.registry.subjects()).toEqual(['notes-logged-changelog-value']);
    const letters = await bench.read('notes-dead-letters');
    expect(letters.map(({ key, value }) => [key, value])).toEqual([['l', '{"text":"bad"}']]);
    expect((await bench.read('out')).map(({ value }) => value)).toEqual(['fine', 'bad', 'fine']);
    await bench.log.close();
  });
});

test('settings of a store that is not there are refused', () => {
  expect(() => settled({ count: { inMemory: true } })).toThrow(
    "There is no store 'count'. The topology has rows-history, rows, counts, windows, cache. Did you mean counts?",
  );
});
