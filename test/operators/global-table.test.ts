import { describe, expect, test } from 'vitest';
import {
  describe as describeTopology,
  type Flow,
  integer,
  join,
  leftJoin,
  string,
  to,
  topology,
} from '../../src/index.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';
import { run, text } from '../support/run-topology.ts';

const keyText = { key: text, value: text };
const row = { key: string(), value: string() };
const out = { value: text };

const joined = (flow: Flow): void => {
  const countries = flow.globalTable('countries', { ...row, name: 'countries' });
  flow.stream('orders', keyText).pipe(
    join(
      countries,
      (order) => order.split('@')[1],
      (order, country, key, code) => `${key} ${order} ${country} ${code}`,
    ),
    to('out', out),
  );
};

describe('a global table', () => {
  test('is looked up by any key of a record, as it is now', async () => {
    const { pipe, driver } = await run(['orders', 'countries'], joined);
    expect(pipe('orders', ['o1', 'tea@de', 5])).toEqual([]);
    pipe('countries', ['de', 'Germany', 100]);
    expect(pipe('orders', [null, 'tea@de', 6])).toEqual([[null, 'null tea@de Germany de', 6]]);
    pipe('countries', ['de', null, 1]);
    expect(pipe('orders', ['o1', 'tea@de', 7], ['o2', 'tea', 8], ['o3', null, 9])).toEqual([]);
    expect(driver.dropped).toEqual(
      new Map([
        ['join: null key', 1],
        ['join: null value', 1],
      ]),
    );
  });

  test('keeps records without a row in a left join', async () => {
    const { pipe } = await run(['orders', 'countries'], (flow) => {
      const countries = flow.globalTable('countries', { ...row, name: 'countries' });
      flow.stream('orders', keyText).pipe(
        leftJoin(
          countries,
          (order) => order.split('@')[1],
          (order, country) => `${order} ${country}`,
        ),
        to('out', out),
      );
    });
    expect(pipe('orders', ['o1', 'tea', 1], ['o1', 'tea@de', 2])).toEqual([
      ['o1', 'tea null', 1],
      ['o1', 'tea@de null', 2],
    ]);
  });

  test('can be read like any store, and is there again after a crash', async () => {
    for (const lost of [false, true]) {
      const driver = await TopologyTestDriver.open(topology('test', joined));
      const countries = await driver.input('countries', keyText);
      countries.pipe('de', 'Germany', { timestamp: 3 });
      countries.pipe(null, 'nobody', { timestamp: 4 });
      await driver.restart(lost ? { backend: new MemoryBackend() } : {});
      expect(driver.store('countries').get('de')).toMatchObject({ value: 'Germany', timestamp: 3 });
      expect(driver.droppedTotal).toBe(1);
    }
  });

  test('stands beside the sub-topologies in a description', () => {
    const described = topology('test', joined);
    expect(described.subtopologies).toHaveLength(1);
    expect(describeTopology(described).split('\n')).toEqual([
      'Topology test',
      "  Global table 'countries'; topic countries: string → string",
      '  Sub-topology 0',
      '    1 stream; topic orders: nullable(string) → nullable(string)',
      '    2 join; global tables countries; from 1',
      '    3 to; topic out: nullable(string) → nullable(string); from 2',
    ]);
    expect(describeTopology(described, 'mermaid')).toContain('n2 --- global_countries');
  });

  test('names a table that is already there', () => {
    const build = (flow: Flow): void => {
      flow.globalTable('a', { ...row, name: 'rows' });
      flow.table('b', { ...row, name: 'rows' });
    };
    expect(() => topology('t', build)).toThrow("The name 'rows' is used twice");
  });
});

/** Counts the records of each value, and remembers when it was last seen. */
const counted = (flow: Flow): void => {
  const kinds = flow.globalTable('kinds', {
    from: { key: string(), value: string() },
    key: string(),
    value: integer(),
    name: 'kinds',
    process: ({ value }, rows) => {
      if (value === 'bad') throw new Error('no such kind');
      if (value === null) for (const { key } of rows.range()) rows.delete(key);
      else rows.put(value, (rows.get(value) ?? 0) + 1);
    },
  });
  flow.stream('orders', keyText).pipe(
    join(
      kinds,
      (order) => order,
      (order, n) => `${order} ${n}`,
    ),
    to('out', out),
  );
};

describe('a global table that makes its own rows', () => {
  test('is given each record and the rows', async () => {
    const { pipe, driver } = await run(['orders', 'kinds'], counted);
    pipe('kinds', ['a', 'tea', 1], ['b', 'tea', 2], ['c', 'cake', 3], [null, 'cake', 4]);
    expect(pipe('orders', ['o', 'tea', 5])).toEqual([['o', 'tea 2', 5]]);
    expect(driver.store('kinds').get('tea')).toMatchObject({ value: 2, timestamp: 2 });
    expect(driver.dropped).toEqual(new Map([['kinds: null key', 1]]));
    pipe('kinds', ['a', null, 6]);
    expect([...driver.store('kinds').range()]).toEqual([]);
  });

  test('says so in a description', () => {
    expect(describeTopology(topology('test', counted))).toContain(
      "  Global table 'kinds'; topic kinds: string → string; processed; rows string → integer\n",
    );
  });

  test('is the same after a restart, whether the state is there or not', async () => {
    for (const lost of [false, true]) {
      const driver = await TopologyTestDriver.open(topology('test', counted));
      const kinds = await driver.input('kinds', keyText);
      for (const timestamp of [1, 2]) kinds.pipe('k', 'tea', { timestamp });
      await driver.restart(lost ? { backend: new MemoryBackend() } : {});
      kinds.pipe('k', 'tea', { timestamp: 3 });
      expect([...driver.store('kinds').range()]).toEqual([{ key: 'tea', value: 3, timestamp: 3 }]);
    }
  });

  test('does not go on from rows that were put as they are', async () => {
    const build = (process: boolean) => (flow: Flow) => {
      const plain = { ...row, name: 'rows' };
      const rows = process
        ? flow.globalTable('kinds', { ...plain, process: ({ key, value }, rows) => rows.put(`${value}`, key) })
        : flow.globalTable('kinds', plain);
      flow.stream('orders', row).pipe(
        leftJoin(
          rows,
          (order) => order,
          (order, found) => `${order} ${found}`,
        ),
        to('out', out),
      );
    };
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { kinds: 1, orders: 1, out: 1 });
    await bench.write('kinds', [['k', 'tea', 1]]);
    const found = async (process: boolean): Promise<unknown[]> => {
      await bench.write('orders', [
        ['o', 'k', 1],
        ['o', 'tea', 1],
      ]);
      const worker = bench.worker(topology('global', build(process)));
      await worker.start();
      await worker.ready();
      await worker.untilEnd();
      return (await bench.read('out')).slice(-2).map(({ value }) => value);
    };
    expect(await found(false)).toEqual(['k tea', 'tea null']);
    expect(await found(true)).toEqual(['k null', 'tea k']);
    expect(await found(true)).toEqual(['k null', 'tea k']);
    expect(await found(false)).toEqual(['k tea', 'tea null']);
    await bench.log.close();
  });

  test('an error of its function goes by processingErrors, when it is loaded too', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { kinds: 1, orders: 1, out: 1 });
    await bench.write('kinds', [['k', 'bad', 1]]);
    const failing = bench.worker(topology('global', counted));
    await expect(failing.start()).rejects.toMatchObject({ code: 'PROCESSING_FAILED' });
    const worker = bench.worker(topology('global', counted), { processingErrors: 'dead-letter' });
    await worker.start();
    await worker.stop();
    expect((await bench.read('global-dead-letters')).map(({ value }) => value)).toEqual(['bad']);
    await bench.log.close();
  });
});

describe('on the log', () => {
  const codes = Array.from({ length: 12 }, (_, n) => `c${n}`);

  test('every worker has all partitions before it processes the first record', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { countries: 3, orders: 2, out: 1 });
    await bench.write(
      'countries',
      codes.map((code) => [code, `country ${code}`, 1_000_000]),
    );
    await bench.write(
      'orders',
      codes.map((code, n) => [`o${n}`, `tea@${code}`, n]),
    );
    const workers = [1, 2].map((n) => bench.worker(topology('global', joined), { stateDir: `${folder.path}/${n}` }));
    await Promise.all(workers.map((worker) => worker.start()));
    await Promise.all(workers.map((worker) => worker.ready()));
    await Promise.all(workers.map((worker) => worker.untilEnd()));
    const values = (await bench.read('out')).map(({ value }) => value).sort();
    expect(values).toEqual(codes.map((code, n) => `o${n} tea@${code} country ${code} ${code}`).sort());
    await bench.log.close();
  });

  test('goes on where it was after a restart', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { countries: 1, orders: 1, out: 1 });
    const once = async (): Promise<void> => {
      const worker = bench.worker(topology('global', joined));
      await worker.start();
      await worker.ready();
      await worker.untilEnd();
    };
    await bench.write('countries', [['de', 'Germany', 1]]);
    await once();
    await bench.write('countries', [['fr', 'France', 2]]);
    await bench.write('orders', [
      ['o1', 'tea@de', 1],
      ['o2', 'tea@fr', 2],
    ]);
    await once();
    expect((await bench.read('out')).map(({ value }) => value)).toEqual([
      'o1 tea@de Germany de',
      'o2 tea@fr France fr',
    ]);
    await bench.log.close();
  });

  test('follows its topic while the worker runs', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { countries: 1, orders: 1, out: 1 });
    const worker = bench.worker(topology('global', joined));
    await worker.start();
    await worker.ready();
    await bench.write('countries', [['de', 'Germany', 1]]);
    // When the table has the row is not told; the first order that finds it shows it.
    const found = async (): Promise<number> => {
      await bench.write('orders', [['o1', 'tea@de', 1]]);
      return (await bench.read('out')).length;
    };
    await expect.poll(found, { timeout: 10_000 }).toBeGreaterThan(0);
    await worker.stop();
    await bench.log.close();
  });

  test('stops the worker if a row cannot be read', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { countries: 1, orders: 1, out: 1 });
    await bench.write('countries', [['de', Buffer.from([0xff]), 1]]);
    const worker = bench.worker(topology('global', joined));
    await expect(worker.start()).rejects.toMatchObject({ code: 'RECORD_REJECTED' });
    const skipping = bench.worker(topology('global', joined), { deserializationErrors: 'dead-letter' });
    await skipping.start();
    await skipping.stop();
    expect((await bench.read('global-dead-letters')).map(({ key }) => key)).toEqual(['de']);
    await bench.log.close();
  });
});
