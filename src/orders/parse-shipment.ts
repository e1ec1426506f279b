import type { ShipmentUpdated } from '../topologies/schemas/shipment-updated.ts';
import { oneOf, textOf, timeOf } from './shop-fields.ts';
import { parseShopLine } from './shop-json.ts';

/** A step of a shipment, from a shop's JSON line: order_id, status, timestamp. Throws EVENT_INVALID. */
export function parseShipment(line: string): ShipmentUpdated {
  const shipment = parseShopLine(line);
  return {
    order_id: textOf(shipment, 'order_id'),
    status: oneOf(shipment, 'status', ['SHIPPED', 'DELIVERED']),
    timestamp: timeOf(shipment, 'timestamp'),
  };
}
