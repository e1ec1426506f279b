import type { TimeWindows } from '../topology/windows.ts';
import { fixedWindows } from './hopping.ts';
import { checkMs } from './internal/window-checks.ts';

export interface TumblingOptions {
  /** How late a record may be, ms. Default 0. */
  readonly grace?: number;
}

/**
 * Windows of a fixed size, one after another since 1970, so that each record is in exactly one. A window holds its start
 * and not its end, and takes records until the time passes its end by the grace. Throws WINDOW_INVALID.
 *
 * @example
 * clicks.pipe(groupByKey(), windowedBy(tumbling(60_000)), count('clicks-per-minute'), to('counts'));
 * // in  clicks ann=home@5 ann=tea@59999 ann=home@60000 ann=late@7
 * // out counts ann[0..60000]=1@5 ann[0..60000]=2@59999 ann[60000..120000]=1@60000
 * // dropped 1
 */
export function tumbling(size: number, { grace = 0 }: TumblingOptions = {}): TimeWindows {
  checkMs('tumbling', 'size', size, 1);
  checkMs('tumbling', 'grace', grace);
  return fixedWindows({ name: `tumbling(${size})`, size, advance: size, grace });
}
