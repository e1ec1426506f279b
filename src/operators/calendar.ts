import { failure } from '../errors.ts';
import type { TimeWindows } from '../topology/windows.ts';
import { checkMs } from './internal/window-checks.ts';
import { DAY_MS, ZoneDays } from './internal/zone-days.ts';

export type CalendarUnit = 'day' | 'week' | 'month';

export interface CalendarOptions {
  /** IANA name, such as `Europe/Berlin` or `UTC`. */
  readonly timeZone: string;
  /** How late a record may be, ms. Default 0. */
  readonly grace?: number;
  /** The day on which weeks begin: 1 is Monday (the default), 7 is Sunday. */
  readonly weekStart?: 1 | 2 | 3 | 4 | 5 | 6 | 7;
}

/** At least as long as any: a zone may repeat a whole day. */
const LONGEST_DAYS = { day: 2, week: 8, month: 32 } as const;

/**
 * Windows of days, weeks or months as the calendar of a time zone has them: a day lasts from one midnight to the next,
 * be it 23, 24 or 25 hours. Where the clock is put forward over midnight, the day begins right then; where it is put back
 * over midnight, at the first of the two. A window holds its start and not its end. Throws WINDOW_INVALID.
 *
 * @example
 * amounts.pipe(groupByKey(), windowedBy(calendar('month', { timeZone: 'Europe/Berlin' })), count('per-month'));
 *
 * amounts.pipe(groupByKey(), windowedBy(calendar('day', { timeZone: 'UTC' })), count('per-day'), to('per-day'));
 * // in  amounts ann=5@0 ann=7@86400000
 * // out per-day ann[0..86400000]=1@0 ann[86400000..172800000]=1@86400000
 */
export function calendar(unit: CalendarUnit, { timeZone, grace = 0, weekStart = 1 }: CalendarOptions): TimeWindows {
  checkMs('calendar', 'grace', grace);
  const name = `calendar(${unit}, ${timeZone})`;
  const days = zoneDays(timeZone, name);
  const { first, next } = steps(unit, weekStart);
  let start = 0;
  let end = 0;
  /** Moves to the window that holds a time, which mostly is the one of the time before. */
  const moveTo = (time: number): void => {
    if (time >= start && time < end) return;
    let day = first(days.dayOf(time));
    while (days.startOf(next(day)) <= time) day = next(day);
    start = days.startOf(day);
    end = days.startOf(next(day));
  };
  const endOf = (time: number): number => {
    moveTo(time);
    return end;
  };
  const startOf = (time: number): number => {
    moveTo(time);
    return start;
  };
  return {
    kind: 'time',
    name,
    graceMs: grace,
    sizeMs: LONGEST_DAYS[unit] * DAY_MS,
    firstStart: startOf,
    nextStart: endOf,
    endOf,
    lastEnded: (time) => startOf(time) - 1,
  };
}

function zoneDays(timeZone: string, of: string): ZoneDays {
  try {
    return new ZoneDays(timeZone);
  } catch (error) {
    const expected = "an IANA name of a time zone, such as 'Europe/Berlin'";
    throw failure('WINDOW_INVALID', { of, name: 'timeZone', actual: `'${timeZone}'`, expected }, error);
  }
}

/** The first day of the unit that a day is in, and of the one after. Days are counted from 1970-01-01, a Thursday. */
function steps(
  unit: CalendarUnit,
  weekStart: number,
): { readonly first: (day: number) => number; readonly next: (first: number) => number } {
  const date = (day: number): Date => new Date(day * DAY_MS);
  const month = (day: number, plus: number): number =>
    Date.UTC(date(day).getUTCFullYear(), date(day).getUTCMonth() + plus) / DAY_MS;
  switch (unit) {
    case 'day':
      return { first: (day) => day, next: (day) => day + 1 };
    case 'week':
      return { first: (day) => day - ((((day + 4 - weekStart) % 7) + 7) % 7), next: (day) => day + 7 };
    case 'month':
      return { first: (day) => month(day, 0), next: (day) => month(day, 1) };
  }
}
