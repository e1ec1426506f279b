import type { TimeWindows } from '../topology/windows.ts';
import { checkMs } from './internal/window-checks.ts';

/**
 * One window that begins at `start` (ms since 1970, default 0) and never ends. Earlier records are left out, silently.
 * Throws WINDOW_INVALID.
 *
 * @example
 * orders.pipe(groupByKey(), windowedBy(unlimited({ start: Date.UTC(2026, 0) })), count('orders-since-2026'))
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
