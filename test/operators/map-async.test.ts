import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  type AsyncOptions,
  count,
  describeAsJson,
  flatMapValues,
  forEachAsync,
  groupByKey,
  mapAsync,
  mapValues,
  store,
  string,
  to,
  topology,
} from '../../src/index.ts';
import { LogBench, temporaryFolder } from '../support/embedded.ts';
import { number, run, text } from '../support/run-topology.ts';

const keyText = { key: string(), value: string() };

/** Calls that end when they are told to. */
class Calls {
  readonly open = new Map<string, { resolve: (result: string) => void; reject: (error: Error) => void }>();
  readonly made: string[] = [];
  most = 0;

  readonly call = (value: string | null): Promise<string> => {
    const name = `${value}`;
    this.made.push(name);
    return new Promise((resolve, reject) => {
      const done = () => this.open.delete(name);
      this.open.set(name, {
        resolve: (result) => {
          done();
          resolve(result);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      this.most = Math.max(this.most, this.open.size);
    });
  };

  end(...names: string[]): void {
    for (const name of names) this.open.get(name)?.resolve(`${name}!`);
  }
}

const mapped = (calls: Calls, options: AsyncOptions<string, string> = {}) =>
  run(['in'], (flow) => {
    flow.stream('in', keyText).pipe(mapAsync('look-up', calls.call, options), to('out', { value: string() }));
  });

describe('mapAsync in the test driver', () => {
  test('results keep the order, key, time and headers of their records, however the calls end', async () => {
    const calls = new Calls();
    const { driver } = await mapped(calls);
    const input = await driver.input('in', keyText);
    const output = await driver.output('out', { key: text, value: text });
    const headers = [['h', Buffer.from('x')]] as const;
    for (const [i, value] of ['a', 'b', 'c'].entries()) input.pipe('k', value, { timestamp: 9 - i, headers });
    calls.end('c', 'b', 'a');
    await driver.settled();
    expect(output.readAll()).toEqual([
      { key: 'k', value: 'a!', timestamp: 9, headers },
      { key: 'k', value: 'b!', timestamp: 8, headers },
      { key: 'k', value: 'c!', timestamp: 7, headers },
    ]);
  });

  test('never more calls than allowed; the rest waits', async () => {
    const calls = new Calls();
    const { driver, pipe } = await mapped(calls, { concurrency: 2 });
    pipe('in', ...(['a', 'b', 'c', 'd', 'e'] as const).map((value, i) => ['k', value, i] as const));
    expect(calls.made).toEqual(['a', 'b']);
    const settled = driver.settled();
    for (const name of ['b', 'a', 'c', 'd', 'e']) {
      while (!calls.open.has(name)) await nextTurn();
      calls.end(name);
    }
    await settled;
    expect(calls.most).toBe(2);
    const output = await driver.output('out', { key: text, value: text });
    expect(output.readAll().map(({ value }) => value)).toEqual(['a!', 'b!', 'c!', 'd!', 'e!']);
  });

  test('failed calls are tried again', async () => {
    const attempts: number[] = [];
    const { driver, pipe } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        mapAsync('flaky', async (value, _, { attempt }) => {
          attempts.push(attempt);
          if (attempt < 3) throw new Error('not yet');
          return `${value}${attempt}`;
        }),
        to('out', { value: string() }),
      );
    });
    pipe('in', ['k', 'a', 1]);
    await driver.settled();
    expect(attempts).toEqual([1, 2, 3]);
    expect((await driver.output('out', { key: text, value: text })).readAll().map(({ value }) => value)).toEqual([
      'a3',
    ]);
  });

  const failing = (options: AsyncOptions<string, string>) =>
    run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        mapAsync(
          'picky',
          async (value) => {
            if (value === 'bad') throw new Error('as asked');
            return value;
          },
          { retries: 1, ...options },
        ),
        to('out', { value: string() }),
      );
    });

  test('by default a record whose attempts all fail stops the worker, by name', async () => {
    const { driver, pipe } = await failing({});
    pipe('in', ['k', 'a', 1], ['k', 'bad', 2]);
    await expect(driver.settled()).rejects.toThrow(
      /picky failed for the record at offset 1 of in-0, after 2 attempts: as asked\. Its offset was not committed/,
    );
  });

  test('skip and dead-letter', async () => {
    for (const onError of ['skip', 'dead-letter'] as const) {
      const { driver, pipe } = await failing({ onError });
      pipe('in', ['k', 'a', 1], ['k', 'bad', 2], ['k', 'b', 3]);
      await driver.settled();
      const output = await driver.output('out', { key: text, value: text });
      expect(output.readAll().map(({ value }) => value)).toEqual(['a', 'b']);
      expect(driver.dropped.get('processing')).toBe(1);
    }
  });

  test('a call that never ends is given up after its time, and told so', async () => {
    const reasons: unknown[] = [];
    const { driver, pipe } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        mapAsync(
          'slow',
          (_, _key, { signal }) =>
            new Promise<string>(() => {
              signal.addEventListener('abort', () => reasons.push(signal.reason));
            }),
          { timeoutMs: 500, retries: 0 },
        ),
        to('out', { value: string() }),
      );
    });
    pipe('in', ['k', 'a', 1]);
    driver.advanceWallClockTime(499);
    expect(reasons).toEqual([]);
    driver.advanceWallClockTime(1);
    await expect(driver.settled()).rejects.toThrow(/after 1 attempts: slow got no answer within 500 ms/);
    expect(reasons).toHaveLength(1);
  });

  test('all results of one record come out together', async () => {
    const calls = new Calls();
    const { driver, pipe } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(
        flatMapValues((value) => value.split(' ')),
        mapAsync('each', calls.call),
        to('out', { value: string() }),
      );
    });
    pipe('in', ['k', 'a b', 1]);
    calls.end('a');
    await nextTurn();
    driver.commit();
    expect(driver.producedTopicNames()).toEqual([]);
    await driver.restart();
    expect(calls.made).toEqual(['a', 'b', 'a', 'b']);
    calls.end('a', 'b');
    await driver.settled();
    const output = await driver.output('out', { key: text, value: text });
    expect(output.readAll().map(({ value }) => value)).toEqual(['a!', 'b!']);
  });

  test('what was not done is done again after a restart, with what is behind it once', async () => {
    const calls = new Calls();
    const { driver, pipe } = await run(
      ['in'],
      (flow) => {
        flow
          .stream('in', keyText)
          .pipe(mapAsync('look-up', calls.call), groupByKey({ value: string() }), count('counts'), to('out'));
      },
      { out: number },
    );
    pipe('in', ['k', 'a', 1], ['k', 'b', 2], ['k', 'c', 3]);
    calls.end('a', 'c');
    await nextTurn();
    await driver.restart({ behind: true });
    calls.end('a', 'b', 'c');
    await driver.settled();
    await driver.restart();
    expect(driver.store('counts').get('k')).toMatchObject({ value: 3 });
    expect(calls.made).toEqual(['a', 'b', 'c', 'b', 'c']);
  });

  test('forEachAsync', async () => {
    const calls = new Calls();
    const { driver, pipe } = await run(['in'], (flow) => {
      flow.stream('in', keyText).pipe(forEachAsync('mail', calls.call));
    });
    pipe('in', ['k', 'a', 1], ['k', 'b', 2]);
    calls.end('a', 'b');
    await driver.settled();
    await driver.restart();
    expect(calls.made).toEqual(['a', 'b']);
  });

  test('options that make no sense are refused', async () => {
    await expect(mapped(new Calls(), { concurrency: 0 })).rejects.toThrow(
      /mapAsync\('look-up'\) has concurrency = 0\. Give a whole number, 1 or more/,
    );
  });
});

describe('a topic of its own', () => {
  const kinds = (build: Parameters<typeof topology>[1]) =>
    describeAsJson(topology('plan', build)).subtopologies.map(({ nodes }) => nodes.map(({ kind }) => kind));

  test('is not needed behind operators that pass records on', () => {
    expect(
      kinds((flow) => {
        flow.stream(['a', 'b'], keyText).pipe(
          mapValues((value) => value),
          mapAsync('look-up', async (value) => value),
          to('out', keyText),
        );
      }),
    ).toHaveLength(1);
  });

  test('is needed where the input feeds something else, or the records come from a store', () => {
    const shared = kinds((flow) => {
      flow.stream('in', keyText).pipe(
        mapAsync('look-up', async (value) => value),
        to('out', keyText),
      );
      // Of the same topic, so of the same offsets.
      flow.stream('in', keyText).pipe(groupByKey(), count('counts'));
    });
    expect(shared).toEqual([
      ['stream', 'repartition', 'stream', 'aggregate'],
      ['repartitioned', 'mapAsync', 'to'],
    ]);
    const chained = kinds((flow) => {
      flow.stream('in', keyText).pipe(
        mapAsync('first', async (value) => value),
        mapAsync('second', async (value) => value, keyText),
        to('out', keyText),
      );
    });
    expect(chained).toEqual([
      ['stream', 'mapAsync', 'repartition'],
      ['repartitioned', 'mapAsync', 'to'],
    ]);
  });

  test('nothing before it is done twice, records without a key stay', async () => {
    const calls = new Calls();
    const { driver } = await run(['in'], (flow) => {
      const stream = flow.stream('in', { key: text, value: string() });
      stream.pipe(mapAsync('look-up', calls.call), to('out', { value: string() }));
      stream.pipe(
        groupByKey(),
        store('joined', string()).aggregate({ initial: () => '', add: (all, value) => all + value }),
      );
    });
    const input = await driver.input('in', { key: text, value: string() });
    input.pipe('k', 'a', { timestamp: 1 });
    input.pipe(null, 'b', { timestamp: 2 });
    await driver.restart();
    calls.end('a', 'b');
    await driver.settled();
    const output = await driver.output('out', { key: text, value: text });
    expect(output.readAll().map(({ key, value }) => [key, value])).toEqual([
      ['k', 'a!'],
      [null, 'b!'],
    ]);
    expect(driver.store('joined').get('k')).toMatchObject({ value: 'a' });
  });
});

describe('mapAsync in a worker', () => {
  const plan = (calls: Calls, options: AsyncOptions<string, string> = {}) =>
    topology('async', (flow) => {
      flow.stream('in', keyText).pipe(mapAsync('look-up', calls.call, options), to('out', { value: string() }));
    });
  const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await what())) await nextTurn();
  };

  test('holds offsets back while others are committed, and goes on where it was', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
    await bench.write('in', [
      ['k', 'a'],
      ['k', 'b'],
      ['k', 'c'],
    ]);
    const first = new Calls();
    const worker = bench.worker(plan(first));
    await worker.start();
    await until(() => first.open.size === 3);
    first.end('a', 'c');
    await until(async () => (await bench.read('out')).length === 1);
    const committed = async () => (await bench.log.committed('async', [{ topic: 'in', partition: 0 }]))[0]?.offset;
    await until(async () => (await committed()) === 1);
    await worker.stop();
    expect(await committed()).toBe(1);

    const second = new Calls();
    const next = bench.worker(plan(second));
    await next.start();
    await until(() => second.open.size === 2);
    expect(second.made).toEqual(['b', 'c']);
    second.end('b', 'c');
    await next.untilEnd();
    expect((await bench.read('out')).map(({ value }) => value)).toEqual(['a!', 'b!', 'c!']);
  });

  test('dead letters have a topic, without a setting', async () => {
    using folder = temporaryFolder();
    const bench = await LogBench.open(folder.path, { in: 1, out: 1 });
    await bench.write('in', [
      ['k', 'a'],
      ['k', 'b'],
    ]);
    const calls = new Calls();
    const worker = bench.worker(plan(calls, { onError: 'dead-letter', retries: 1, retryDelayMs: 1 }));
    await worker.start();
    for (const _ of [1, 2]) {
      await until(() => calls.open.has('a'));
      calls.open.get('a')?.reject(new Error('as asked'));
    }
    calls.end('b');
    await worker.untilEnd();
    expect((await bench.read('out')).map(({ value }) => value)).toEqual(['b!']);
    const [letter] = await bench.read('async-dead-letters');
    expect(letter).toMatchObject({ key: 'k', value: 'a' });
    expect(letter?.headers.map(([name]) => name)).toContain('__streams.errors.message');
  });
});

/** Numbers that look random, the same ones for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
    return state % below;
  };
}

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'exactly once, in order, over any restarts (seed %i)',
  async (seed) => {
    const next = random(seed);
    const calls = new Calls();
    const { driver } = await run(['in'], (flow) => {
      const stream = flow.stream('in', keyText);
      const looked = stream.pipe(
        flatMapValues((value) => (Number(value) % 4 === 0 ? [`${value}a`, `${value}b`] : [value])),
        mapAsync('look-up', calls.call, { concurrency: 1 + next(4) }),
      );
      looked.pipe(groupByKey({ value: string() }), count('counts'));
      looked.pipe(to('out', { value: string() }));
    });
    const input = await driver.input('in', keyText);
    const endSome = async (): Promise<void> => {
      for (const name of calls.open.keys()) if (next(2) === 0) calls.end(name);
      await nextTurn();
    };
    for (let i = 0; i < 20; i++) {
      input.pipe('k', String(i).padStart(2, '0'), { timestamp: i });
      await endSome();
      if (next(3) === 0) driver.commit();
      if (next(5) === 0) await driver.restart({ behind: next(2) === 0 });
    }
    const settled = driver.settled();
    let done = false;
    void settled.then(() => {
      done = true;
    });
    while (!done) await endSome();
    const values = (await driver.output('out', { key: text, value: text })).readAll().map(({ value }) => `${value}`);
    const expected = Array.from({ length: 20 }, (_, i) => String(i).padStart(2, '0'));
    expect(values).toEqual(expected.flatMap((name, i) => (i % 4 === 0 ? [`${name}a!`, `${name}b!`] : [`${name}!`])));
    expect(driver.store('counts').get('k')).toMatchObject({ value: values.length });
  },
);
