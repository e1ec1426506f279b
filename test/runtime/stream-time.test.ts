import { rmSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { process, type Settings, string, to, topology, type Worker } from '../../src/index.ts';
import type { CommittedPosition } from '../../src/log/port.ts';
import { SqliteBackend } from '../../src/state/sqlite/sqlite-backend.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';
import { times } from './judged-times.ts';

/** Goes on by the wall clock when there is nothing to read. */
const ticking = topology('ticking', (flow) => {
  flow.stream('in', { key: string(), value: string() }).pipe(
    process({
      init: ({ schedule, forward }) => {
        let left = 2;
        schedule('wallClock', 50, () => {
          if (left-- > 0) forward({ key: 'k', value: 'tick' });
        });
        return forward;
      },
    }),
    to('out'),
  );
});

class TimeBench {
  readonly folder: string;
  readonly #bench: LogBench;
  readonly #settings: Settings;
  #seen = 0;

  constructor(folder: string, bench: LogBench, settings: Settings) {
    this.folder = folder;
    this.#bench = bench;
    this.#settings = settings;
  }

  write(value: string, timestamp: number): Promise<void> {
    return this.#bench.write('in', [['k', value, timestamp]]);
  }

  async started(state: string, topology = times): Promise<Worker> {
    const stateDir = `${this.folder}/${state}`;
    const worker = this.#bench.worker(topology, { ...this.#settings, applicationId: 'times', stateDir });
    await worker.start();
    return worker;
  }

  async run(state: string): Promise<void> {
    await (await this.started(state)).untilEnd();
  }

  committed(): Promise<CommittedPosition[]> {
    return this.#bench.log.committed('times', [{ topic: 'in', partition: 0 }]);
  }

  /** What has come out since the last call, as soon as it is so much. */
  async results(count: number): Promise<(string | null)[]> {
    const fresh = await vi.waitFor(async () => {
      const found = (await this.#bench.read('out')).slice(this.#seen);
      expect(found).toHaveLength(count);
      return found;
    }, 10_000);
    this.#seen += count;
    return fresh.map(({ value }) => value);
  }
}

afterEach(() => vi.restoreAllMocks());

describe.each(['exactly_once', 'at_least_once'] as const)('stream time, %s', (processingGuarantee) => {
  async function withBench(use: (bench: TimeBench) => Promise<void>): Promise<void> {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
    await use(new TimeBench(folder.path, bench, { processingGuarantee }));
    await bench.log.close();
  }

  test('stands where it stood when the state file is lost', () =>
    withBench(async (bench) => {
      await bench.write('a', 1050);
      await bench.run('state');
      expect(await bench.results(2)).toEqual(['a in time', 'turn at 1050']);
      rmSync(`${bench.folder}/state`, { recursive: true });
      await bench.write('b', 1020);
      await bench.write('c', 1099);
      await bench.write('d', 1100);
      await bench.run('state');
      expect(await bench.results(4)).toEqual(['b late', 'c in time', 'd in time', 'turn at 1100']);
    }));

  test('is known to an extractor when the state file is lost', () =>
    withBench(async (bench) => {
      await bench.write('a', 1050);
      await bench.run('state');
      rmSync(`${bench.folder}/state`, { recursive: true });
      // Without a partition time the worker would stop at it.
      await bench.write('b', -1);
      await bench.run('state');
      expect(await bench.results(3)).toEqual(['a in time', 'turn at 1050', 'b in time']);
    }));

  test('goes along when the task moves, and comes back with it past what its old state file says', () =>
    withBench(async (bench) => {
      const one = await bench.started('one');
      await bench.write('a', 1050);
      expect(await bench.results(2)).toEqual(['a in time', 'turn at 1050']);
      const two = await bench.started('two');
      await one.stop();
      await bench.write('b', 1020);
      await bench.write('c', 2050);
      expect(await bench.results(3)).toEqual(['b late', 'c in time', 'turn at 2050']);
      const again = await bench.started('one');
      await two.stop();
      await bench.write('d', 2020);
      await bench.write('e', 2100);
      expect(await bench.results(3)).toEqual(['d late', 'e in time', 'turn at 2100']);
      await again.stop();
    }));

  test('is committed again where only a punctuator has moved', () =>
    withBench(async (bench) => {
      await bench.write('a', 1050);
      const worker = await bench.started('state', ticking);
      await bench.results(3);
      await worker.stop();
      expect(await bench.committed()).toEqual([{ topic: 'in', partition: 0, offset: 1, time: 1050 }]);
    }));

  test('does not fall behind with a state file that lacks the last commits', () =>
    withBench(async (bench) => {
      await bench.write('a', 1050);
      await bench.run('state');
      vi.spyOn(SqliteBackend.prototype, 'commit').mockImplementation(() => {});
      await bench.write('b', 2050);
      await bench.run('state');
      vi.restoreAllMocks();
      await bench.write('c', 1500);
      await bench.run('state');
      expect(await bench.results(5)).toEqual(['a in time', 'turn at 1050', 'b in time', 'turn at 2050', 'c late']);
    }));
});
