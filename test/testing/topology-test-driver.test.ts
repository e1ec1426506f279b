import { describe, expect, test } from 'vitest';
import {
  count,
  filter,
  groupBy,
  groupByKey,
  integer,
  mapValues,
  merge,
  nullable,
  string,
  to,
  topology,
  toStream,
} from '../../src/index.ts';
import { MemoryBackend } from '../../src/state/memory/memory-backend.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';

const text = { key: string(), value: string() };

const counting = topology('counting', (flow) => {
  flow.stream('words', text).pipe(
    groupBy('by-word', (word) => word, { key: string() }),
    count('counts'),
    to('word-counts'),
  );
});

async function opened() {
  const driver = await TopologyTestDriver.open(counting);
  const words = await driver.input('words', text);
  const counts = await driver.output('word-counts', { key: string(), value: integer() });
  return { driver, words, counts };
}

describe('the test driver', () => {
  test('types follow from the serdes of the topics', async () => {
    const { words, counts } = await opened();
    words.pipe('k', 'apple', { timestamp: 3 });
    const record = counts.read();
    const value: number | null | undefined = record?.value;
    expect([record?.key, value, record?.timestamp]).toEqual(['apple', 1, 3]);
    // @ts-expect-error: the input's values are text
    expect(() => words.pipe('k', 1)).toThrow(/string/);
  });

  test('an output is read once, one by one or as a map of the last values', async () => {
    const { words, counts } = await opened();
    for (const word of ['apple', 'pear', 'apple']) words.pipe('k', word);
    expect(counts.size).toBe(3);
    expect(counts.read()).toMatchObject({ key: 'apple', value: 1 });
    expect([...counts.readToMap()]).toEqual([
      ['pear', 1],
      ['apple', 2],
    ]);
    expect([counts.isEmpty, counts.read(), counts.readAll()]).toEqual([true, undefined, []]);
  });

  test('timestamps advance by themselves where a test asks for it', async () => {
    const driver = await TopologyTestDriver.open(counting);
    const words = await driver.input('words', { ...text, startTimestamp: 100, autoAdvanceMs: 10 });
    const counts = await driver.output('word-counts', { key: string(), value: integer() });
    words.pipe('k', 'a');
    words.pipe('k', 'b', { timestamp: 5 });
    words.pipe('k', 'c');
    expect(counts.readAll().map(({ timestamp }) => timestamp)).toEqual([100, 5, 110]);
  });

  test('a wrong name of a topic or store is met at once, with those that there are', async () => {
    const { driver } = await opened();
    await expect(driver.input('word', text)).rejects.toThrow(/The topology reads words\. Did you mean words\?/);
    await expect(driver.output('counts', text)).rejects.toThrow(/The topology writes .*word-counts/);
    expect(() => driver.store('count')).toThrow(/counts/);
  });

  test('what is piped into a topic is no output of the topology', async () => {
    const echo = topology('echo', (flow) => {
      flow.stream('a', text).pipe(to('b'));
      flow.stream('b', text).pipe(
        mapValues((value) => `${value}!`),
        to('c', text),
      );
    });
    const driver = await TopologyTestDriver.open(echo);
    const [a, b] = [await driver.input('a', text), await driver.input('b', text)];
    const [fromB, fromC] = [await driver.output('b', text), await driver.output('c', text)];
    b.pipe('k', 'x');
    a.pipe('k', 'y');
    expect(fromB.readAll().map(({ value }) => value)).toEqual(['y']);
    // What the topology writes to one of its own inputs, it reads.
    expect(fromC.readAll().map(({ value }) => value)).toEqual(['x!', 'y!']);
    expect(driver.producedTopicNames().sort()).toEqual(['b', 'c']);
  });

  test('of internal topics the record with the smallest timestamp comes next', async () => {
    const merged = topology('merged', (flow) => {
      const source = flow.stream('in', { key: string(), value: integer() });
      const split = (name: string, sign: number) =>
        source.pipe(
          mapValues((value) => sign * value),
          filter((value) => value !== 0),
          groupBy(name, () => name, { key: string(), value: integer() }),
          count(`count-${name}`),
          toStream(),
        );
      split('up', 1).pipe(merge(split('down', -1)), to('out'));
    });
    const driver = await TopologyTestDriver.open(merged);
    const input = await driver.input('in', { key: string(), value: integer() });
    const out = await driver.output('out', { key: string(), value: integer() });
    input.pipe('k', 1, { timestamp: 1 });
    expect(out.readAll().map(({ key, value }) => [key, value])).toEqual([
      ['up', 1],
      ['down', 1],
    ]);
  });
});

describe('a restart', () => {
  test('keeps the state, topics and counts', async () => {
    const { driver, words, counts } = await opened();
    words.pipe('k', 'apple', { timestamp: 1 });
    await driver.restart();
    words.pipe('k', 'apple', { timestamp: 2 });
    expect(counts.readAll().map(({ value }) => value)).toEqual([1, 2]);
  });

  test('brings lost state back from the changelog', async () => {
    const { driver, words, counts } = await opened();
    words.pipe('k', 'apple', { timestamp: 1 });
    await driver.restart({ backend: new MemoryBackend() });
    expect(driver.store('counts').get('apple')).toMatchObject({ value: 1, timestamp: 1 });
    words.pipe('k', 'apple', { timestamp: 2 });
    expect(counts.readAll().map(({ value }) => value)).toEqual([1, 2]);
  });

  test('brings a state that is behind up to the last commit', async () => {
    const { driver, words, counts } = await opened();
    words.pipe('k', 'apple', { timestamp: 1 });
    driver.commit();
    words.pipe('k', 'apple', { timestamp: 2 });
    await driver.restart({ behind: true });
    words.pipe('k', 'apple', { timestamp: 3 });
    expect(counts.readAll().map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  test('does not take for read what the topology has written to the source of its own table', async () => {
    const feedback = topology('feedback', (flow) => {
      const nullableText = { key: string(), value: nullable(string()) };
      flow
        .table('rows', { ...text, name: 'rows' })
        .pipe(toStream(), groupByKey(nullableText), count('changes'), to('out'));
      flow.stream('in', text).pipe(to('rows'));
    });
    const driver = await TopologyTestDriver.open(feedback);
    const [input, rows] = [await driver.input('in', text), await driver.input('rows', text)];
    rows.pipe('a', '1', { timestamp: 50 });
    input.pipe('a', '2', { timestamp: 60 });
    await driver.restart();
    expect(driver.store('rows').get('a')).toMatchObject({ value: '2', timestamp: 60 });
    rows.pipe('a', '3', { timestamp: 70 });
    await driver.restart({ backend: new MemoryBackend() });
    expect([...driver.store('rows').range()]).toEqual([{ key: 'a', value: '3', timestamp: 70 }]);
    expect(driver.store('changes').get('a')?.value).toBe(3);
  });
});
