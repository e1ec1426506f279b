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
 * clicks.pipe(groupByKey(), windowedBy(sliding(1000)), count('clicks-within-a-second'), to('counts'));
 * // in  clicks ann=home@2000 ann=tea@2500
 * // out counts ann[1000..2000]=1@2000 ann[2001..3001]=1@2500 ann[1500..2500]=2@2500
 */
export function sliding(difference: number, { grace = 0 }: SlidingOptions = {}): SlidingWindows {
  checkMs('sliding', 'difference', difference);
  checkMs('sliding', 'grace', grace);
  return { kind: 'sliding', name: `sliding(${difference})`, differenceMs: difference, graceMs: grace };
}
