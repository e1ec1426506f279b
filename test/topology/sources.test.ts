import { describe, expect, test } from 'vitest';
import {
  count,
  groupByKey,
  logAndSkipOnInvalidTimestamp,
  mapValues,
  type OffsetReset,
  string,
  type TimestampExtractor,
  type Topology,
  to,
  topology,
  usePartitionTimeOnInvalidTimestamp,
  wallclockTimestamp,
} from '../../src/index.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const keyText = { key: string(), value: string() };

const copy = (from: string | string[] | RegExp): Topology =>
  topology('copy', (flow) => {
    flow.stream(from, keyText).pipe(to('out'));
  });

describe('several topics', () => {
  test('are one stream; a topic named twice is read once', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { a: 1, b: 3, out: 1 });
    await bench.write('a', [
      ['k', '1', 10],
      ['k', '3', 30],
    ]);
    await bench.write('b', [['k', '2', 20]]);
    const worker = bench.worker(copy(['a', 'b', 'a']));
    await worker.start();
    await worker.untilEnd();
    expect((await bench.read('out')).map(({ value }) => value).sort()).toEqual(['1', '2', '3']);
  });

  test('none at all is refused', () => {
    expect(() => copy([])).toThrow(/flow\.stream has no input/);
  });
});

describe('a pattern of topics', () => {
  test('takes all whose whole name it matches, but no internal ones', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { 'in-a': 1, 'in-b': 2, 'not-in-a': 1, out: 1 });
    for (const topic of ['in-a', 'in-b', 'not-in-a']) await bench.write(topic, [['k', topic]]);
    const worker = bench.worker(copy(/in-.*/));
    await worker.start();
    await worker.untilEnd();
    expect((await bench.read('out')).map(({ value }) => value).sort()).toEqual(['in-a', 'in-b']);
  });

  test('that matches nothing is an error', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { out: 1 });
    await expect(bench.worker(copy(/in-.*/)).start()).rejects.toThrow(/No topic has a name that is wholly \/in-\.\*\//);
  });

  test('in the test driver the topics are given', async () => {
    const driver = await TopologyTestDriver.open(copy(/in-./), { topics: ['in-a', 'in-b', 'in-ab'] });
    for (const topic of ['in-a', 'in-b']) (await driver.input(topic, keyText)).pipe('k', topic);
    const out = await driver.output('out', keyText);
    expect(out.readAll().map(({ value }) => value)).toEqual(['in-a', 'in-b']);
  });
});

describe('where to begin', () => {
  const read = async (reset: OffsetReset): Promise<(string | null)[]> => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
    const now = Date.now();
    await bench.write('in', [
      ['k', 'old', now - 3 * 3_600_000],
      ['k', 'new', now - 60_000],
    ]);
    const plan = topology('reset', (flow) => {
      flow.stream('in', { ...keyText, reset }).pipe(to('out'));
    });
    const worker = bench.worker(plan);
    await worker.start();
    await worker.untilEnd();
    return (await bench.read('out')).map(({ value }) => value);
  };

  test('earliest, latest, by duration', async () => {
    expect(await read('earliest')).toEqual(['old', 'new']);
    expect(await read('latest')).toEqual([]);
    expect(await read({ byDurationMs: 3_600_000 })).toEqual(['new']);
  });

  test('none asks for an offset', async () => {
    await expect(read('none')).rejects.toThrow(/no offset for in, and the source's reset is 'none'/);
  });
});

describe('timestamp extractors', () => {
  const times = async (timestampExtractor?: TimestampExtractor<string, string>) => {
    const plan = topology('times', (flow) => {
      flow.stream('in', { ...keyText, ...(timestampExtractor && { timestampExtractor }) }).pipe(to('out'));
    });
    const driver = await TopologyTestDriver.open(plan);
    const input = await driver.input('in', keyText);
    const output = await driver.output('out', keyText);
    const pipe = (value: string, timestamp: number): (number | undefined)[] => {
      input.pipe('k', value, { timestamp });
      return output.readAll().map((record) => record.timestamp);
    };
    return { driver, pipe };
  };

  test('by default a negative timestamp stops the worker', async () => {
    const { pipe } = await times();
    expect(pipe('5', 7)).toEqual([7]);
    expect(() => pipe('5', -1)).toThrow(/offset 1 of in-0 has the timestamp -1, which is no time/);
  });

  test('skip', async () => {
    const { pipe, driver } = await times(logAndSkipOnInvalidTimestamp);
    expect([...pipe('5', -1), ...pipe('5', 8)]).toEqual([8]);
    expect([...driver.dropped]).toEqual([['stream: invalid timestamp', 1]]);
  });

  test('partition time', async () => {
    const { pipe } = await times(usePartitionTimeOnInvalidTimestamp);
    expect([...pipe('5', 8), ...pipe('5', 3), ...pipe('5', -1)]).toEqual([8, 3, 8]);
    const fresh = await times(usePartitionTimeOnInvalidTimestamp);
    expect(() => fresh.pipe('5', -1)).toThrow(/timestamp -1/);
  });

  test('the clock on the wall', async () => {
    const { pipe, driver } = await times(wallclockTimestamp);
    driver.advanceWallClockTime(1000);
    expect(pipe('5', -1)).toEqual([1000]);
  });

  test("an own one sees the record, and decides stream time and the rows' times", async () => {
    const plan = topology('own', (flow) => {
      flow
        .stream('in', { ...keyText, timestampExtractor: ({ value, key }) => Number(value) + key.length })
        .pipe(groupByKey(), count('counts'));
    });
    const driver = await TopologyTestDriver.open(plan);
    const input = await driver.input('in', keyText);
    input.pipe('k', '500', { timestamp: 3 });
    input.pipe('k', '400', { timestamp: 4 });
    expect(driver.store('counts').get('k')).toMatchObject({ value: 2, timestamp: 501 });
  });

  test('one that gives no time is bad input', async () => {
    const { pipe } = await times(({ value }) => Number(value));
    expect(pipe('12', 1)).toEqual([12]);
    expect(() => pipe('x', 1)).toThrow(/its timestamp extractor gave NaN/);
  });

  test('a table whose rows have extracted times is restored with them', async () => {
    const plan = topology('table', (flow) => {
      flow.table('in', { ...keyText, name: 'rows', timestampExtractor: ({ value }) => Number(value) }).pipe(
        mapValues((value) => value),
        to('out', { value: string() }),
      );
    });
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
    expect(plan.graph.stores.get('rows')?.sourceTopic).toBeUndefined();
    await bench.write('in', [['k', '77', 5]]);
    const worker = bench.worker(plan);
    await worker.start();
    await worker.untilEnd();
    const changelog = await bench.read('table-rows-changelog');
    expect(changelog.map(({ value, timestamp }) => [value, timestamp])).toEqual([['77', 77]]);
  });

  test('inputs are taken in the order of extracted times', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { a: 1, b: 1, out: 1 });
    await bench.write('a', [
      ['k', '30', 1],
      ['k', '40', 2],
    ]);
    await bench.write('b', [
      ['k', '10', 3],
      ['k', '35', 4],
    ]);
    const worker = bench.worker(
      topology('merged', (flow) => {
        flow.stream(['a', 'b'], { ...keyText, timestampExtractor: ({ value }) => Number(value) }).pipe(to('out'));
      }),
    );
    await worker.start();
    await worker.untilEnd();
    expect((await bench.read('out')).map(({ value }) => value)).toEqual(['10', '30', '35', '40']);
  });
});
