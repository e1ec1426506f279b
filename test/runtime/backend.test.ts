import { describe, expect, test } from 'vitest';
import {
  type Checkpoint,
  type CommittedTable,
  count,
  createWorker,
  groupByKey,
  MemoryBackend,
  type StateBackend,
  type StatePlace,
  type StoreSpec,
  string,
  to,
  topology,
  tumbling,
  windowedBy,
} from '../../src/index.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

/** A back end of a user's own: it notes what it is asked for, and leaves the work to another one. */
class Noting implements StateBackend {
  readonly stores = new Set<string>();
  commits = 0;
  isClosed = false;
  readonly #rows = new MemoryBackend();
  readonly identity = this.#rows.identity;

  table<K, V>(store: StoreSpec<K, V>, partition: number): CommittedTable<K, V> {
    this.stores.add(store.name);
    return this.#rows.table(store, partition);
  }

  checkpoints(): readonly Checkpoint[] {
    return this.#rows.checkpoints();
  }

  commit(write: () => void, checkpoints: readonly Checkpoint[]): void {
    this.commits++;
    this.#rows.commit(write, checkpoints);
  }

  forget(partitions: readonly { readonly topic: string; readonly partition: number }[]): void {
    this.#rows.forget(partitions);
  }

  close(): void {
    this.isClosed = true;
  }
}

const counting = topology('counting', (flow) => {
  const grouped = flow.stream('in', { key: string(), value: string() }).pipe(groupByKey());
  grouped.pipe(count('counts'), to('out'));
  grouped.pipe(windowedBy(tumbling(10)), count('windows'));
});

const newest = async (bench: LogBench) =>
  Object.fromEntries((await bench.read('out')).map(({ key, raw }) => [key, Number(raw?.readBigInt64BE())]));

describe('a back end of a user', () => {
  test('keeps the state of a worker; what it lost comes back from the changelogs', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 2, out: 2 });
    const places: StatePlace[] = [];
    for (const round of [1, 2]) {
      await bench.write('in', [
        ['a', 'x'],
        ['b', 'x'],
      ]);
      const backend = new Noting();
      const worker = createWorker({
        topology: counting,
        log: bench.log,
        registry: bench.registry,
        settings: { stateDir: folder.path },
        backend: (place) => {
          places.push(place);
          return backend;
        },
      });
      await worker.start();
      await worker.untilEnd();
      expect([...backend.stores]).toEqual(expect.arrayContaining(['counts', 'windows']));
      expect(backend.commits).toBeGreaterThan(0);
      expect(backend.isClosed).toBe(true);
      expect(await newest(bench)).toEqual({ a: round, b: round });
    }
    expect(places[0]).toMatchObject({ applicationId: 'counting' });
  });

  test('serves the test driver too', async () => {
    const backend = new Noting();
    const driver = await TopologyTestDriver.open(counting, { backend });
    const input = await driver.input('in', { key: string(), value: string() });
    input.pipe('a', 'x');
    await driver.restart();
    expect(driver.store('counts').get('a')).toMatchObject({ value: 1 });
    expect(driver.windowStore('windows').get('a', 0)).toBe(1);
    expect(backend.commits).toBeGreaterThan(0);
  });
});
