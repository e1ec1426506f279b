import { describe, expect, test } from 'vitest';
import { calendar, count, groupByKey, to, windowed, windowedBy } from '../../src/index.ts';
import { number, run, text } from '../support/run-topology.ts';

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);

type Window = readonly [start: string, end: string];

function windowAt(unit: 'day' | 'week' | 'month', timeZone: string, iso: string, weekStart?: 1 | 7): Window {
  const windows = calendar(unit, { timeZone, ...(weekStart && { weekStart }) });
  const start = windows.firstStart(at(iso));
  expect(windows.nextStart(start)).toBe(windows.endOf(start));
  return [short(start), short(windows.endOf(start))];
}

const short = (time: number): string => new Date(time).toISOString().replace(/:00\.000Z$/, 'Z');

describe('calendar windows', () => {
  test.each([
    ['a usual day', 'Europe/Berlin', '2026-01-15T12:00Z', '2026-01-14T23:00Z', '2026-01-15T23:00Z'],
    ['its first moment', 'Europe/Berlin', '2026-01-14T23:00Z', '2026-01-14T23:00Z', '2026-01-15T23:00Z'],
    ['a day of 23 hours', 'Europe/Berlin', '2026-03-29T12:00Z', '2026-03-28T23:00Z', '2026-03-29T22:00Z'],
    ['a day of 25 hours', 'Europe/Berlin', '2026-10-25T22:59Z', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
    ['the other half of the world', 'America/New_York', '2026-03-08T12:00Z', '2026-03-08T05:00Z', '2026-03-09T04:00Z'],
    [
      'half an hour of summer time',
      'Australia/Lord_Howe',
      '2026-10-04T00:00Z',
      '2026-10-03T13:30Z',
      '2026-10-04T13:00Z',
    ],
    ['an offset of 5:45', 'Asia/Kathmandu', '2026-05-05T00:00Z', '2026-05-04T18:15Z', '2026-05-05T18:15Z'],
    ['UTC', 'UTC', '2026-05-05T05:00Z', '2026-05-05T00:00Z', '2026-05-06T00:00Z'],
    // The clock went from 24:00 to 1:00, so the day began at 1:00.
    ['a day without a midnight', 'America/Sao_Paulo', '2018-11-04T12:00Z', '2018-11-04T03:00Z', '2018-11-05T02:00Z'],
    // The clock went from 24:00 back to 23:00.
    ['a day with two last hours', 'America/Sao_Paulo', '2018-02-18T02:30Z', '2018-02-17T02:00Z', '2018-02-18T03:00Z'],
    // The clock went from 0:01 back to 23:01 of the day before, whose rest counts to the new day.
    ['a day that began twice', 'America/St_Johns', '2010-11-07T03:00Z', '2010-11-07T02:30Z', '2010-11-08T03:30Z'],
    // Samoa had no 30 December 2011.
    [
      'the day before one that was left out',
      'Pacific/Apia',
      '2011-12-30T09:59Z',
      '2011-12-29T10:00Z',
      '2011-12-30T10:00Z',
    ],
    [
      'the day after one that was left out',
      'Pacific/Apia',
      '2011-12-30T10:00Z',
      '2011-12-30T10:00Z',
      '2011-12-31T10:00Z',
    ],
  ])('%s', (_, zone, time, start, end) => {
    expect(windowAt('day', zone, time)).toEqual([start, end]);
  });

  test('weeks begin on Monday, or as told', () => {
    expect(windowAt('week', 'Europe/Berlin', '2026-03-29T12:00Z')).toEqual(['2026-03-22T23:00Z', '2026-03-29T22:00Z']);
    expect(windowAt('week', 'UTC', '2026-03-29T12:00Z', 7)).toEqual(['2026-03-29T00:00Z', '2026-04-05T00:00Z']);
    expect(windowAt('week', 'UTC', '1970-01-01T00:00Z')).toEqual(['1969-12-29T00:00Z', '1970-01-05T00:00Z']);
  });

  test('months are as long as they are', () => {
    expect(windowAt('month', 'Europe/Berlin', '2028-02-29T12:00Z')).toEqual(['2028-01-31T23:00Z', '2028-02-29T23:00Z']);
    expect(windowAt('month', 'Europe/Berlin', '2026-10-31T23:30Z')).toEqual(['2026-10-31T23:00Z', '2026-11-30T23:00Z']);
    expect(windowAt('month', 'UTC', '2026-12-31T23:59Z')).toEqual(['2026-12-01T00:00Z', '2027-01-01T00:00Z']);
  });

  test.each([
    'Europe/Berlin',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Africa/Casablanca',
    'Asia/Gaza',
  ])('windows of %s follow each other without gaps, in any order of asking', (timeZone) => {
    const windows = calendar('day', { timeZone });
    let start = windows.firstStart(at('2009-01-01T00:00Z'));
    for (let i = 0; i < 1200; i++) {
      const end = windows.endOf(start);
      expect(end - start, short(start)).toBeGreaterThanOrEqual(22 * HOUR);
      expect(end - start, short(start)).toBeLessThanOrEqual(26 * HOUR);
      expect(windows.firstStart(end)).toBe(end);
      expect(windows.firstStart(end - 1)).toBe(start);
      start = end;
    }
  });

  test('refuses a zone that does not exist', () => {
    expect(() => calendar('day', { timeZone: 'Europe/Atlantis' })).toThrow(/timeZone 'Europe\/Atlantis'/);
  });

  test('a day closes at its local midnight, after the grace', async () => {
    const { driver } = await run(['in'], (flow) => {
      flow
        .stream('in', { key: text, value: text })
        .pipe(
          groupByKey(),
          windowedBy(calendar('day', { timeZone: 'Europe/Berlin', grace: HOUR }), { emit: 'windowClose' }),
          count('per-day'),
          to('days'),
        );
    });
    const input = await driver.input('in', { key: text, value: text });
    const days = await driver.output('days', { key: windowed(text, 23 * HOUR), value: number });
    input.pipe('a', 'x', { timestamp: at('2026-03-29T00:30Z') });
    input.pipe('a', 'y', { timestamp: at('2026-03-29T21:59Z') });
    input.pipe('a', 'late', { timestamp: at('2026-03-29T22:59Z') });
    input.pipe('a', 'still', { timestamp: at('2026-03-29T10:00Z') });
    expect(days.readAll()).toEqual([]);
    input.pipe('a', 'next', { timestamp: at('2026-03-29T23:00Z') });
    expect(days.readAll()).toMatchObject([
      { key: { key: 'a', start: at('2026-03-28T23:00Z'), end: at('2026-03-29T22:00Z') }, value: 3 },
    ]);
  });
});
