import { avro, type Serde } from '../index.ts';
import { Click } from '../topologies/schemas/click.ts';
import { OrderCancelled } from '../topologies/schemas/order-cancelled.ts';
import { OrderCreated } from '../topologies/schemas/order-created.ts';
import { PaymentReceived } from '../topologies/schemas/payment-received.ts';
import { ShipmentUpdated } from '../topologies/schemas/shipment-updated.ts';
import type { ShopTopic, ShopTopics } from './events.ts';
import { parseCancellation } from './parse-cancellation.ts';
import { parseClick } from './parse-click.ts';
import { parseOrder } from './parse-order.ts';
import { parsePayment } from './parse-payment.ts';
import { parseShipment } from './parse-shipment.ts';

/**
 * What is to be known of the events of a topic.
 *
 * @see `shopEvents`
 */
export interface ShopEvent<E> {
  /** Reads a line of a shop's JSON. Throws EVENT_INVALID with the field, its value and what it must be. */
  parse(line: string): E;
  /** The key of its record: events of one order, or one visitor, share a partition. */
  key(event: E): string;
  /** As the values of the topic are written. */
  readonly serde: Serde<E>;
  /** Event time, ms. */
  timestamp(event: E): number;
}

/**
 * The topics of the shop and their events. `parse` throws EVENT_INVALID.
 *
 * @example
 * const click = shopEvents.clicks.parse(
 *   '{"session_id":"s1","user_id":"ann","kind":"VIEW","page":"/tea","timestamp":5}',
 * );
 * shopEvents.clicks.key(click); // → 'ann'
 * shopEvents.clicks.timestamp(click); // → 5
 */
export const shopEvents: { readonly [T in ShopTopic]: ShopEvent<ShopTopics[T]> } = {
  orders: ofOrder(avro(OrderCreated), parseOrder),
  payments: ofOrder(avro(PaymentReceived), parsePayment),
  shipments: ofOrder(avro(ShipmentUpdated), parseShipment),
  cancellations: ofOrder(avro(OrderCancelled), parseCancellation),
  clicks: { serde: avro(Click), parse: parseClick, key: ({ user_id }) => user_id, timestamp },
};

function ofOrder<E extends { order_id: string; timestamp: number }>(
  serde: Serde<E>,
  parse: (line: string) => E,
): ShopEvent<E> {
  return { serde, parse, key: ({ order_id }) => order_id, timestamp };
}

function timestamp(event: { timestamp: number }): number {
  return event.timestamp;
}
