import type { OrderCreated } from '../topologies/schemas/order-created.ts';
import type { OrderItem } from './events.ts';
import { centsOf, countOf, objectsOf, textOf, timeOf } from './shop-fields.ts';
import { parseShopLine, type ShopObject } from './shop-json.ts';

/**
 * A new order, from a shop's JSON line: order_id, user_id, items of product_id, quantity and unit_price, total_amount,
 * timestamp. Other fields are passed over. Throws EVENT_INVALID.
 */
export function parseOrder(line: string): OrderCreated {
  const order = parseShopLine(line);
  return {
    order_id: textOf(order, 'order_id'),
    user_id: textOf(order, 'user_id'),
    items: objectsOf(order, 'items').map(parseItem),
    total_cents: centsOf(order, 'total_amount'),
    timestamp: timeOf(order, 'timestamp'),
  };
}

function parseItem(item: ShopObject): OrderItem {
  return {
    product_id: textOf(item, 'product_id'),
    quantity: countOf(item, 'quantity'),
    unit_cents: centsOf(item, 'unit_price'),
  };
}
