import type { OrderCancelled } from '../topologies/schemas/order-cancelled.ts';
import { textOf, timeOf } from './shop-fields.ts';
import { parseShopLine } from './shop-json.ts';

/** A cancelled order, from a shop's JSON line: order_id, reason, timestamp. Throws EVENT_INVALID. */
export function parseCancellation(line: string): OrderCancelled {
  const cancellation = parseShopLine(line);
  return {
    order_id: textOf(cancellation, 'order_id'),
    reason: textOf(cancellation, 'reason'),
    timestamp: timeOf(cancellation, 'timestamp'),
  };
}
