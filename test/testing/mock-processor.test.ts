import { describe, expect, test } from 'vitest';
import {
  filter,
  integer,
  join,
  mapAsync,
  process,
  processValues,
  repartition,
  rowsOf,
  store,
  string,
  windowStore,
} from '../../src/index.ts';
import { MockProcessor } from '../../src/testing/index.ts';

const input = { key: string(), value: integer() };

describe('MockProcessor', () => {
  const mocked = () =>
    MockProcessor.of(input, (readings) =>
      readings.pipe(
        process({
          stores: [store('last', integer()), windowStore('seen', { ...input, retention: 100 })],
          value: string(),
          init: ({ stores: { last, seen }, forward, schedule, currentStreamTimeMs, currentSystemTimeMs }) => {
            const silent = schedule('streamTime', 10, (now) => {
              forward({ key: 'all', value: `${[...last.range()].length} at ${now}` });
              if (now > 100) silent.cancel();
            });
            schedule('wallClock', 1000, () => {});
            return ({ key, value, timestamp }) => {
              seen.put(key, value, timestamp);
              if (last.get(key) === value) return;
              last.put(key, value);
              forward({ key, value: `${value} at ${currentStreamTimeMs()} and ${currentSystemTimeMs()}` });
            };
          },
        }),
      ),
    );

  test('shows what a step forwards, with time and headers, each once', () => {
    const mock = mocked();
    const headers = [['h', Buffer.from('x')]] as const;
    mock.process({ key: 'a', value: 1, timestamp: 5, headers });
    mock.systemTime = 77;
    mock.process({ key: 'a', value: 2, timestamp: 3 });
    mock.process({ key: 'a', value: 2 });
    expect(mock.readAll()).toEqual([
      { key: 'a', value: '1 at 5 and 0', timestamp: 5, headers },
      { key: 'a', value: '2 at 5 and 77', timestamp: 3, headers: [] },
    ]);
    expect(mock.readAll()).toEqual([]);
  });

  test('its stores can be filled and looked at', () => {
    const mock = mocked();
    mock.store('last').put('a', 1, 0);
    mock.process({ key: 'a', value: 1, timestamp: 5 });
    expect(mock.readAll()).toEqual([]);
    expect(mock.store('last').get('a')).toMatchObject({ value: 1, timestamp: 0 });
    expect(mock.windowStore('seen').all()).toEqual([{ key: 'a', start: 5, value: 1, timestamp: 5 }]);
    expect(() => mock.store('lats')).toThrow("There is no store 'lats'. The step has last, seen. Did you mean last?");
  });

  test('punctuators wait for the test', () => {
    const mock = mocked();
    mock.process({ key: 'a', value: 1, timestamp: 500 });
    mock.readAll();
    const [silent, other] = mock.punctuators;
    expect(other).toMatchObject({ type: 'wallClock', everyMs: 1000 });
    silent?.punctuate(100);
    expect(silent).toMatchObject({ type: 'streamTime', everyMs: 10, isCancelled: false });
    silent?.punctuate(101);
    expect(silent?.isCancelled).toBe(true);
    expect(mock.readAll()).toEqual([
      { key: 'all', value: '1 at 100', timestamp: 100, headers: [] },
      { key: 'all', value: '1 at 101', timestamp: 101, headers: [] },
    ]);
  });

  test('several steps, with the rows of tables, and what they leave out', () => {
    const mock = MockProcessor.of(input, (readings, flow) => {
      const limits = flow.table('limits', { ...input, name: 'limits' });
      const names = flow.globalTable('names', { key: string(), value: string(), name: 'names' });
      return readings.pipe(
        join(limits, (value, limit) => value - limit),
        filter((above) => above > 0),
        processValues({
          stores: [rowsOf('names', names)],
          value: string(),
          init:
            ({ stores: { names }, forward }) =>
            ({ key, value }) =>
              forward(`${names.get(key)?.value}: ${value}`),
        }),
      );
    });
    mock.store('limits').put('a', 10, 0);
    mock.store('names').put('a', 'attic', 0);
    for (const value of [9, 12]) mock.process({ key: 'a', value });
    expect(mock.readAll().map(({ value }) => value)).toEqual(['attic: 2']);
  });

  test('what needs a topic, or waits, it does not run', () => {
    const parted = () => MockProcessor.of(input, (stream) => stream.pipe(repartition('parts')));
    expect(parted).toThrow('MockProcessor cannot run parts, which writes to a topic or waits');
    const waiting = () => MockProcessor.of(input, (stream) => stream.pipe(mapAsync('call', async (value) => value)));
    expect(waiting).toThrow('MockProcessor cannot run call');
  });
});
