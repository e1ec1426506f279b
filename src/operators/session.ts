import type { SessionWindows } from '../topology/windows.ts';
import { checkMs } from './internal/window-checks.ts';

export interface SessionOptions {
  /** How late a record may be, ms, beyond the gap. Default 0. */
  readonly grace?: number;
}

/**
 * Sessions: records of a key with at most `gap` ms between one and the next. A session begins with its first record and
 * ends with its last one. A record may join two sessions to one; the old ones are then deleted. Throws WINDOW_INVALID.
 *
 * @example
 * clicks.pipe(groupByKey(), windowedBy(session(1000)), count('clicks-per-visit'), to('visits'));
 * // in  clicks ann=home@0 ann=tea@900 ann=home@5000
 * // out visits ann[0..0]=1@0 ann[0..0]=null@0 ann[0..900]=2@900 ann[5000..5000]=1@5000
 */
export function session(gap: number, { grace = 0 }: SessionOptions = {}): SessionWindows {
  checkMs('session', 'gap', gap);
  checkMs('session', 'grace', grace);
  return { kind: 'session', name: `session(${gap})`, gapMs: gap, graceMs: grace };
}
