import type { TimeWindows } from '../topology/windows.ts';
import { checkMs } from './internal/window-checks.ts';

/**
 * One window that begins at `start` (ms since 1970, default 0) and never ends. Earlier records are left out, silently.
 * Throws WINDOW_INVALID.
 *
 * @example
 * clicks.pipe(groupByKey(), windowedBy(unlimited({ start: 1000 })), count('clicks-since'), to('counts'));
 * // in  clicks ann=home@5 ann=tea@1000
 * // out counts ann[1000..Infinity]=1@1000
 */
export function unlimited({ start = 0 }: { readonly start?: number } = {}): TimeWindows {
  checkMs('unlimited', 'start', start);
  return {
    kind: 'time',
    name: `unlimited(${start})`,
    graceMs: 0,
    sizeMs: Number.POSITIVE_INFINITY,
    firstStart: () => start,
    nextStart: () => Number.POSITIVE_INFINITY,
    endOf: () => Number.POSITIVE_INFINITY,
    lastEnded: () => -1,
  };
}
