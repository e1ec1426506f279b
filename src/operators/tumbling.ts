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
 * orders.pipe(groupByKey(), windowedBy(tumbling(60_000, { grace: 5_000 })), count('orders-per-minute'))
 */
export function tumbling(size: number, { grace = 0 }: TumblingOptions = {}): TimeWindows {
  checkMs('tumbling', 'size', size, 1);
  checkMs('tumbling', 'grace', grace);
  return fixedWindows({ name: `tumbling(${size})`, size, advance: size, grace });
}
