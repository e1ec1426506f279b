import type { SlidingWindows } from '../topology/windows.ts';
import { checkMs } from './internal/window-checks.ts';

export interface SlidingOptions {
  /** How late a record may be, ms. Default 0. */
  readonly grace?: number;
}

/**
 * Windows in which records of a key are at most `difference` ms apart: one for each different set of such records. Each
 * record ends one window and begins another right after it. A window holds its start and its end. Throws WINDOW_INVALID.
 *
 * @example
 * logins.pipe(groupByKey(), windowedBy(sliding(60_000)), count('logins-within-a-minute'))
 */
export function sliding(difference: number, { grace = 0 }: SlidingOptions = {}): SlidingWindows {
  checkMs('sliding', 'difference', difference);
  checkMs('sliding', 'grace', grace);
  return { kind: 'sliding', name: `sliding(${difference})`, differenceMs: difference, graceMs: grace };
}
