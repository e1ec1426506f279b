import type { ShopTopic, ShopTopics } from './events.ts';
import { parseCancellation } from './parse-cancellation.ts';
import { parseClick } from './parse-click.ts';
import { parseOrder } from './parse-order.ts';
import { parsePayment } from './parse-payment.ts';
import { parseShipment } from './parse-shipment.ts';

/** What is to be known of the events of a topic. */
export interface ShopEvent<E> {
  /** Reads a line of a shop's JSON. Throws EVENT_INVALID with the field, its value and what it must be. */
  parse(line: string): E;
  /** The key of its record: events of one order, or one visitor, share a partition. */
  key(event: E): string;
  /** Event time, ms. */
  timestamp(event: E): number;
}

/** The topics of the shop and their events. */
export const shopEvents: { readonly [T in ShopTopic]: ShopEvent<ShopTopics[T]> } = {
  orders: ofOrder(parseOrder),
  payments: ofOrder(parsePayment),
  shipments: ofOrder(parseShipment),
  cancellations: ofOrder(parseCancellation),
  clicks: { parse: parseClick, key: ({ user_id }) => user_id, timestamp: ({ timestamp }) => timestamp },
};

function ofOrder<E extends { order_id: string; timestamp: number }>(parse: (line: string) => E): ShopEvent<E> {
  return { parse, key: ({ order_id }) => order_id, timestamp: ({ timestamp }) => timestamp };
}
