import type { Click } from '../topologies/schemas/click.ts';
import type { OrderCancelled } from '../topologies/schemas/order-cancelled.ts';
import type { OrderCreated } from '../topologies/schemas/order-created.ts';
import type { PaymentReceived } from '../topologies/schemas/payment-received.ts';
import type { ShipmentUpdated } from '../topologies/schemas/shipment-updated.ts';

/** A line of an order. */
export type OrderItem = OrderCreated['items'][number];

/**
 * Which event each topic of the shop holds. Money is whole cents, times are milliseconds.
 *
 * @see `shopEvents`
 */
export interface ShopTopics {
  orders: OrderCreated;
  payments: PaymentReceived;
  shipments: ShipmentUpdated;
  cancellations: OrderCancelled;
  clicks: Click;
}

/**
 * The names of the shop's topics.
 *
 * @see `shopEvents`
 */
export type ShopTopic = keyof ShopTopics;
