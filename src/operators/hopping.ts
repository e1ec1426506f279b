import type { TimeWindows } from '../topology/windows.ts';
import { checkMs } from './internal/window-checks.ts';

export interface HoppingOptions {
  /** From the start of one window to that of the next, ms; at most the size. */
  readonly advance: number;
  /** How late a record may be, ms. Default 0. */
  readonly grace?: number;
}

/**
 * Windows of a fixed size that begin every `advance` ms since 1970, so that each record is in several. A window holds
 * its start and not its end, and takes records until the time passes its end by the grace. Throws WINDOW_INVALID.
 *
 * @example
 * clicks.pipe(groupByKey(), windowedBy(hopping(60_000, { advance: 30_000 })), count('clicks-per-minute'), to('counts'));
 * // in  clicks ann=home@40000
 * // out counts ann[0..60000]=1@40000 ann[30000..90000]=1@40000
 */
export function hopping(size: number, { advance, grace = 0 }: HoppingOptions): TimeWindows {
  checkMs('hopping', 'size', size, 1);
  checkMs('hopping', 'advance', advance, 1, size);
  checkMs('hopping', 'grace', grace);
  return fixedWindows({ name: `hopping(${size}, ${advance})`, size, advance, grace });
}

/** The windows of `hopping` and `tumbling`. */
export function fixedWindows(of: { name: string; size: number; advance: number; grace: number }): TimeWindows {
  const { name, size, advance, grace } = of;
  return {
    kind: 'time',
    name,
    graceMs: grace,
    sizeMs: size,
    firstStart: (time) => {
      const least = Math.max(0, time - size + advance);
      return least - (least % advance);
    },
    nextStart: (start) => start + advance,
    endOf: (start) => start + size,
    lastEnded: (time) => time - size,
  };
}
