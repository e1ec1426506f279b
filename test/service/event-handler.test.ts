import { EventEmitter } from 'node:events';
import { Registry as MetricsRegistry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../../src/errors.ts';
import type { Log } from '../../src/log/port.ts';
import { integer } from '../../src/serde/integer.ts';
import { nullable } from '../../src/serde/nullable.ts';
import { string } from '../../src/serde/string.ts';
import { type HandlingService, handleEvents } from '../../src/service/event-handler.ts';
import { stopOnSignals } from '../../src/service/stop-on-signals.ts';
import { ManualTiming } from './manual-timing.ts';
import { headerTexts, keyText, ServiceBench, textRecord, valueText } from './service-bench.ts';

const text = { key: string(), value: string() };
let bench: ServiceBench;
let services: HandlingService[];

beforeEach(async () => {
  bench = new ServiceBench();
  services = [];
  await bench.open({ notes: 1, news: 3 });
});
afterEach(async () => {
  await Promise.allSettled(services.map((service) => service.stop()));
  await bench.close();
});

type Options = Parameters<typeof handleEvents>[0];

async function start(
  options: Partial<Options> & ({ handler: unknown } | { batchHandler: unknown }),
): Promise<HandlingService> {
  const { log, registry } = bench;
  const common = { log, registry, group: 'g', topics: { notes: text }, commitIntervalMs: 0 };
  const service = await handleEvents({ ...common, ...options } as Options);
  services.push(service);
  return service;
}

describe('handleEvents', () => {
  it('hands over events, decoded, in the order of their partition, and commits behind them', async () => {
    await bench.write('notes', 0, ['a', 'b', 'c']);
    const seen: unknown[] = [];
    const service = await start({ handler: (event: unknown) => void seen.push(event) });
    await vi.waitFor(async () => expect(await bench.committed('g', 'notes')).toBe(3));
    expect(seen[0]).toEqual({
      topic: 'notes',
      partition: 0,
      offset: 0,
      key: 'a',
      value: 'a',
      timestamp: 1000,
      headers: [],
    });
    expect(seen.map((event) => (event as { value: string }).value)).toEqual(['a', 'b', 'c']);
    await service.stop();
    await service.finished;
  });

  it('types events by their topic', async () => {
    await bench.write('notes', 0, ['a']);
    const lengths: number[] = [];
    const service = await handleEvents({
      log: bench.log,
      registry: bench.registry,
      group: 'typed',
      topics: { notes: text, news: { key: string(), value: integer() } },
      handler: (event) => {
        if (event.topic === 'notes') lengths.push(event.value.length);
        else lengths.push(event.value + 1);
      },
    });
    services.push(service);
    await vi.waitFor(() => expect(lengths).toEqual([1]));
  });

  it('goes on where the last service of its group stopped', async () => {
    await bench.write('notes', 0, ['a', 'b']);
    const seen: string[] = [];
    const handler = ({ value }: { value: string }): void => void seen.push(value);
    const first = await start({ handler });
    await vi.waitFor(() => expect(seen).toEqual(['a', 'b']));
    await first.stop();
    await bench.write('notes', 0, ['c']);
    await start({ handler });
    await vi.waitFor(() => expect(seen).toEqual(['a', 'b', 'c']));
  });

  it('begins at the end where asked', async () => {
    await bench.write('notes', 0, ['old']);
    const seen: string[] = [];
    await start({ from: 'latest', handler: ({ value }: { value: string }) => void seen.push(value) });
    await vi.waitFor(async () => {
      await bench.write('notes', 0, ['new']);
      expect(seen[0]).toBe('new');
    });
  });

  it('a handler that waits on one partition does not hold up the others', async () => {
    await bench.write('news', 0, ['slow']);
    await bench.write('news', 1, ['quick']);
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    await start({
      topics: { news: text },
      handler: async ({ value }: { value: string }) => {
        if (value === 'slow') await gate.promise;
        seen.push(value);
      },
    });
    await vi.waitFor(() => expect(seen).toEqual(['quick']));
    gate.resolve();
    await vi.waitFor(() => expect(seen).toEqual(['quick', 'slow']));
  });

  it('stops after the event that is being handled; what came behind it comes again', async () => {
    await bench.write('notes', 0, ['a', 'b']);
    const gate = Promise.withResolvers<void>();
    const began: string[] = [];
    const told = Promise.withResolvers<void>();
    const service = await start({
      handler: async ({ value }: { value: string }, { signal }: { signal: AbortSignal }) => {
        signal.addEventListener('abort', () => told.resolve());
        began.push(value);
        await gate.promise;
      },
    });
    await vi.waitFor(() => expect(began).toEqual(['a']));
    const stopped = service.stop();
    await told.promise;
    gate.resolve();
    await stopped;
    expect(began).toEqual(['a']);
    expect(await bench.committed('g', 'notes')).toBe(1);
  });

  it('two services of a group share the partitions', async () => {
    const seen: string[] = [];
    const handler = ({ value }: { value: string }): void => void seen.push(value);
    await start({ topics: { news: text }, handler });
    const second = await start({ topics: { news: text }, handler });
    for (const partition of [0, 1, 2]) await bench.write('news', partition, [`p${partition}`]);
    await vi.waitFor(() => expect(seen.toSorted()).toEqual(['p0', 'p1', 'p2']), 5000);
    await second.stop();
    for (const partition of [0, 1, 2]) await bench.write('news', partition, [`q${partition}`]);
    await vi.waitFor(
      () => expect(seen.filter((value) => value.startsWith('q')).toSorted()).toEqual(['q0', 'q1', 'q2']),
      5000,
    );
  });

  it('takes thousands of events through a lane that must pause', async () => {
    const values = Array.from({ length: 10_000 }, (_, index) => `${index}`.padStart(60, '0'));
    await bench.write('notes', 0, values);
    const seen: string[] = [];
    await start({ handler: ({ value }: { value: string }) => void seen.push(value) });
    await vi.waitFor(async () => expect(await bench.committed('g', 'notes')).toBe(10_000), 10_000);
    expect(seen).toEqual(values);
  });
});

describe('failures', () => {
  it('tries again, then goes on', async () => {
    await bench.write('notes', 0, ['a', 'b']);
    const attempts: string[] = [];
    await start({
      timing: new ManualTiming(),
      handler: ({ value }: { value: string }, { attempt }: { attempt: number }) => {
        attempts.push(`${value}${attempt}`);
        if (value === 'a' && attempt < 3) throw new Error('not yet');
      },
    });
    await vi.waitFor(() => expect(attempts).toEqual(['a1', 'a2', 'a3', 'b1']));
  });

  it('puts the original bytes aside after five minutes, with the cause in headers', async () => {
    await bench.write('notes', 0, [{ ...textRecord('bad'), headers: [['trace', Buffer.from('7')]] }, 'good']);
    const metrics = new MetricsRegistry();
    const timing = new ManualTiming();
    await start({
      timing,
      metrics,
      deadLetterTopic: 'dead',
      handler: ({ value }: { value: string }) => {
        if (value === 'bad') throw new RangeError('out of stock');
      },
    });
    await vi.waitFor(async () => expect(await bench.committed('g', 'notes')).toBe(2));
    const [letter] = await bench.read('dead');
    expect(letter && [keyText(letter), valueText(letter), letter.timestamp]).toEqual(['bad', 'bad', 1000]);
    const headers = headerTexts(letter?.headers ?? []);
    expect(headers).toMatchObject({
      trace: '7',
      '__streams.errors.exception': 'RangeError',
      '__streams.errors.message': 'out of stock',
      '__streams.errors.topic': 'notes',
      '__streams.errors.partition': '0',
      '__streams.errors.offset': '0',
    });
    expect(headers['__streams.errors.stacktrace']).toContain('RangeError: out of stock');
    expect(timing.now()).toBeGreaterThanOrEqual(300_000);
    const counted = await metrics.metrics();
    expect(counted).toContain('kafka_messages_processed_total{topic="notes",status="dead_letter"} 1');
    expect(counted).toContain('kafka_messages_processed_total{topic="notes",status="success"} 1');
    expect(counted).toContain('kafka_message_processing_time_seconds_bucket{le="16.384",topic="notes"} 1');
    expect(counted).toContain('kafka_message_processing_time_seconds_count{topic="notes"} 2');
  });

  it('without a dead-letter topic it ends, with topic, partition and offset, and commits what came before', async () => {
    await bench.write('notes', 0, ['a', 'bad', 'c']);
    const service = await start({
      timing: new ManualTiming(),
      retry: { maxElapsedMs: 0 },
      handler: ({ value }: { value: string }) => {
        if (value === 'bad') throw new Error('no such user');
      },
    });
    await expect(service.finished).rejects.toThrow(
      'The handler failed for the record at offset 1 of notes-0, after 1 attempts: no such user.',
    );
    expect(await bench.committed('g', 'notes')).toBe(1);
    await expect(service.stop()).rejects.toMatchObject({ code: 'HANDLER_FAILED' });
  });

  it('joins again and begins at the committed offsets when it was fenced, or the log was busy', async () => {
    await bench.write('notes', 0, ['a', 'b']);
    const errors = [failure('LOG_BUSY', { path: 'x', waitedMs: 1 }), failure('FENCED', { who: 'x', reason: 'y' })];
    const producer = await bench.log.producer({});
    const commit = producer.commit.bind(producer);
    producer.commit = async (offsets) => {
      const error = errors.shift();
      if (error !== undefined) throw error;
      return commit(offsets);
    };
    const log: Log = Object.assign(Object.create(bench.log), { producer: async () => producer });
    // A class with private fields does not answer through a prototype.
    for (const name of ['describeTopics', 'topics', 'committed', 'offsets', 'fetcher', 'join'] as const)
      Object.assign(log, { [name]: bench.log[name].bind(bench.log) });
    const seen: string[] = [];
    const joins = vi.spyOn(log, 'join');
    await start({ log, timing: new ManualTiming(), handler: ({ value }: { value: string }) => void seen.push(value) });
    await vi.waitFor(async () => expect(await bench.committed('g', 'notes')).toBe(2));
    expect(seen.slice(-2)).toEqual(['a', 'b']);
    expect(seen.length).toBeGreaterThan(2);
    expect(joins).toHaveBeenCalledTimes(2);
  });

  it('begins anew where the records at its committed offset are gone', async () => {
    await bench.write('notes', 0, ['a', 'b', 'c']);
    const producer = await bench.log.producer({});
    await producer.commit({ group: 'g', member: null, positions: [{ topic: 'notes', partition: 0, offset: 1 }] });
    await producer.close();
    await bench.log.deleteRecordsBefore([{ topic: 'notes', partition: 0, offset: 2 }]);
    const seen: string[] = [];
    await start({ timing: new ManualTiming(), handler: ({ value }: { value: string }) => void seen.push(value) });
    await vi.waitFor(() => expect(seen).toEqual(['c']));
  });

  it('puts aside what cannot be read, and null keys and values that the serdes do not take', async () => {
    const nullKey = { ...textRecord('x'), key: null };
    const tombstone = { ...textRecord('y'), value: null };
    await bench.write('notes', 0, ['1', { ...textRecord('k'), value: Buffer.from([0xff]) }, nullKey, tombstone, '2']);
    const seen: string[] = [];
    await start({ deadLetterTopic: 'dead', handler: ({ value }: { value: string }) => void seen.push(value) });
    await vi.waitFor(async () => expect(await bench.committed('g', 'notes')).toBe(5));
    expect(seen).toEqual(['1', '2']);
    const messages = (await bench.read('dead')).map(({ headers }) => headerTexts(headers)['__streams.errors.message']);
    expect(messages[0]).toMatch(/valid UTF-8|UTF-8/);
    expect(messages[1]).toContain('its key is null, but string takes no nulls');
    expect(messages[2]).toContain('its value is null, but string takes no nulls');
  });

  it('hands over nulls where the serdes take them', async () => {
    await bench.write('notes', 0, [{ ...textRecord('y'), key: null, value: null }]);
    const seen: unknown[] = [];
    await start({
      topics: { notes: { key: nullable(string()), value: nullable(string()) } },
      handler: ({ key, value }: { key: unknown; value: unknown }) => void seen.push(key, value),
    });
    await vi.waitFor(() => expect(seen).toEqual([null, null]));
  });

  it('names an unreadable record where there is no dead-letter topic', async () => {
    await bench.write('notes', 0, ['a', { ...textRecord('k'), value: Buffer.from([0xff]) }]);
    const service = await start({ handler: () => {} });
    await expect(service.finished).rejects.toThrow(/offset 1 of notes-0 cannot be read/);
    expect(await bench.committed('g', 'notes')).toBe(1);
  });

  it('a stop ends a wait for the next attempt; the event comes again', async () => {
    await bench.write('notes', 0, ['a']);
    const failing = Promise.withResolvers<void>();
    const first = await start({
      retry: { initialDelayMs: 60_000 },
      handler: () => {
        failing.resolve();
        throw new Error('down');
      },
    });
    await failing.promise;
    await first.stop();
    expect(await bench.committed('g', 'notes')).toBeUndefined();
    const seen: string[] = [];
    await start({ handler: ({ value }: { value: string }) => void seen.push(value) });
    await vi.waitFor(() => expect(seen).toEqual(['a']));
  });

  it('names the topic that does not exist', async () => {
    await expect(start({ topics: { note: text }, handler: () => {} })).rejects.toThrow(/Did you mean notes\?/);
    await expect(start({ topics: {}, handler: () => {} })).rejects.toMatchObject({ code: 'SETTING_INVALID' });
    await expect(start({ batchSize: 0, batchHandler: () => {} })).rejects.toThrow('batchSize is 0');
  });
});

describe('batches', () => {
  it('hands over as many as there are, up to the size, in order', async () => {
    await bench.write('notes', 0, ['a', 'b', 'c', 'd', 'e']);
    const batches: string[][] = [];
    await start({
      batchSize: 2,
      batchHandler: (events: { value: string }[]) => void batches.push(events.map(({ value }) => value)),
    });
    await vi.waitFor(() => expect(batches).toEqual([['a', 'b'], ['c', 'd'], ['e']]));
  });

  it('puts aside only those that spoil their batch', async () => {
    await bench.write('notes', 0, ['a', 'bad', 'c']);
    const done = new Set<string>();
    await start({
      timing: new ManualTiming(),
      deadLetterTopic: 'dead',
      batchHandler: (events: { value: string }[]) => {
        if (events.some(({ value }) => value === 'bad')) throw new Error('spoilt');
        for (const { value } of events) done.add(value);
      },
    });
    await vi.waitFor(async () => expect(await bench.committed('g', 'notes')).toBe(3));
    expect([...done]).toEqual(['a', 'c']);
    expect((await bench.read('dead')).map(valueText)).toEqual(['bad']);
  });
});

describe('stopOnSignals', () => {
  it('stops at the first signal, and can be undone', async () => {
    const source = new EventEmitter();
    const stop = vi.fn(async () => {});
    stopOnSignals({ stop }, source);
    source.emit('SIGTERM');
    expect(stop).toHaveBeenCalledTimes(1);
    expect(source.listenerCount('SIGTERM')).toBe(0);
    const undo = stopOnSignals({ stop }, source);
    undo();
    source.emit('SIGINT');
    expect(source.listenerCount('SIGTERM')).toBe(0);
  });
});
