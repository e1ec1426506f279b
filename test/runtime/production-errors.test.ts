import { describe, expect, test } from 'vitest';
import { groupByKey, mapAsync, mapValues, store, string, to, topology, toStream } from '../../src/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';

const text = { key: string(), value: string() };
const LIMIT = 2000;
const large = (value: string): string => value.repeat(LIMIT);

async function bench(folder: string): Promise<LogBench> {
  const made = await LogBench.open(folder, { in: 1, large: 1 });
  await made.log.createTopics([{ name: 'out', partitions: 1, config: { 'max.message.bytes': String(LIMIT) } }]);
  return made;
}

/** Makes long values of short ones, so that the input fits everywhere. */
const growing = topology('growing', (flow) => {
  const grown = flow.stream('in', text).pipe(mapValues((value) => (value === 'L' ? large(value) : value)));
  grown.pipe(to('out', text));
  grown.pipe(
    mapValues((value) => value.slice(0, 1)),
    to('large', text),
  );
});

const ROWS = [
  ['k0', 'a'],
  ['k1', 'L'],
  ['k2', 'c'],
] as const;

async function ran(made: LogBench, built: typeof growing, productionErrors: 'skip' | 'dead-letter', rows = ROWS) {
  await made.write('in', rows);
  const worker = made.worker(built, { productionErrors });
  await worker.start();
  await worker.untilEnd();
  const rejected = await worker.metrics.getSingleMetric('millrace_records_rejected_total')?.get();
  const out = (await made.read('out')).map(({ key, value }) => [key, value]);
  return {
    out,
    rejected: rejected?.values.map(({ labels, value }) => [labels['stage'], labels['outcome'], labels['topic'], value]),
  };
}

describe('a record that is larger than its topic takes', () => {
  test('ends the worker with topic, size, limit, and the record that it came of', async () => {
    using folder = temporaryFolder();
    const made = await bench(folder.path);
    await made.write('in', ROWS);
    const worker = made.worker(growing);
    await worker.start();
    await expect(worker.untilEnd()).rejects.toThrow(
      /^What came of the record at offset 1 of in-0 cannot be written: A record of 20\d\d bytes is larger than topic out takes: its max\.message\.bytes is 2000\. .*productionErrors/,
    );
    expect(await made.read('out')).toEqual([]);
  });

  test('is left out alone where it is skipped: the other outputs of its input are written', async () => {
    using folder = temporaryFolder();
    const made = await bench(folder.path);
    expect(await ran(made, growing, 'skip')).toEqual({
      out: [
        ['k0', 'a'],
        ['k2', 'c'],
      ],
      rejected: [['production', 'skip', 'out', 1]],
    });
    expect((await made.read('large')).map(({ value }) => value)).toEqual(['a', 'L', 'c']);
  });

  test('is a dead letter with the bytes of its input', async () => {
    using folder = temporaryFolder();
    const made = await bench(folder.path);
    expect(await ran(made, growing, 'dead-letter')).toMatchObject({
      out: [
        ['k0', 'a'],
        ['k2', 'c'],
      ],
      rejected: [['production', 'dead-letter', 'out', 1]],
    });
    const [letter, ...others] = await made.read('growing-dead-letters');
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ key: 'k1', value: 'L' });
    const headers = new Map(letter?.headers.map(([name, bytes]) => [name, Buffer.from(bytes ?? '').toString()]));
    expect(headers.get('__streams.errors.exception')).toBe('RECORD_TOO_LARGE');
    expect(headers.get('__streams.errors.message')).toMatch(/topic out takes/);
    expect(headers.get('__streams.errors.offset')).toBe('1');
    expect((await made.read('large')).map(({ value }) => value)).toEqual(['a', 'L', 'c']);
  });

  test.each(['skip', 'dead-letter'] as const)('behind a table, %s passes over the row', async (policy) => {
    using folder = temporaryFolder();
    const made = await bench(folder.path);
    const table = topology('table', (flow) => {
      flow.table('in', { ...text, name: 'rows' }).pipe(
        mapValues((value) => (value === 'L' ? large(value) : value)),
        toStream(),
        to('out', text),
      );
    });
    expect((await ran(made, table, policy)).out).toEqual([
      ['k0', 'a'],
      ['k2', 'c'],
    ]);
    if (policy === 'dead-letter')
      expect((await made.read('table-dead-letters')).map(({ key, value }) => [key, value])).toEqual([['k1', 'L']]);
  });

  test.each(['skip', 'dead-letter'] as const)('behind an asynchronous step, %s passes over it', async (policy) => {
    using folder = temporaryFolder();
    const made = await bench(folder.path);
    const slow = topology('slow', (flow) => {
      flow.stream('in', text).pipe(
        mapAsync('grow', async (value) => (value === 'L' ? large(value) : value)),
        to('out', text),
      );
    });
    expect((await ran(made, slow, policy)).out).toEqual([
      ['k0', 'a'],
      ['k2', 'c'],
    ]);
    if (policy === 'dead-letter')
      expect((await made.read('slow-dead-letters')).map(({ key, value }) => [key, value])).toEqual([['k1', 'L']]);
  });

  test('to a changelog always ends the worker, with store and key: skipping it would break the store', async () => {
    using folder = temporaryFolder();
    const made = await bench(folder.path);
    await made.log.createTopics([
      {
        name: 'counting-all-changelog',
        partitions: 1,
        config: { 'max.message.bytes': String(LIMIT), 'cleanup.policy': 'compact' },
      },
    ]);
    const counting = topology('counting', (flow) => {
      flow.stream('in', text).pipe(
        groupByKey(),
        store('all', string()).aggregate({
          initial: () => '',
          add: (all, value) => all + (value === 'L' ? large(value) : value),
        }),
      );
    });
    await made.write('in', ROWS);
    const worker = made.worker(counting, { productionErrors: 'skip', processingErrors: 'skip' });
    await worker.start();
    await expect(worker.untilEnd()).rejects.toThrow(
      /^Row "k1" of store all cannot be kept: it needs 20\d\d bytes in its changelog counting-all-changelog, whose max\.message\.bytes is 2000\. /,
    );
    expect(await made.log.committed('counting', [{ topic: 'in', partition: 0 }])).toEqual([]);
  });

  test('a dead letter that is too large itself ends the worker, whatever the policy', async () => {
    using folder = temporaryFolder();
    const made = await bench(folder.path);
    await made.log.createTopics([{ name: 'letters', partitions: 1, config: { 'max.message.bytes': '100' } }]);
    await made.write('in', ROWS);
    const worker = made.worker(growing, {
      productionErrors: 'dead-letter',
      processingErrors: 'skip',
      deadLetterTopic: 'letters',
    });
    await worker.start();
    await expect(worker.untilEnd()).rejects.toThrow(
      /^The dead letter of the record at offset 1 of in-0 has \d+ bytes, but topic letters takes 100\. .*max\.message\.bytes/,
    );
  });
});
