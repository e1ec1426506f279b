import { type Log, string } from '../index.ts';
import type { Registry } from '../serde/registry/registry.ts';
import type { Publication } from '../service/publication.ts';
import { createPublisher } from '../service/publisher.ts';
import type { OrderCancelled } from '../topologies/schemas/order-cancelled.ts';
import type { OrderCreated } from '../topologies/schemas/order-created.ts';
import type { PaymentReceived } from '../topologies/schemas/payment-received.ts';
import type { ShipmentUpdated } from '../topologies/schemas/shipment-updated.ts';
import type { ShopTopic, ShopTopics } from './events.ts';
import { shopEvents } from './shop-events.ts';

/**
 * What a shop tells the pipeline. Events are keyed by order, so those of one order stay in order; each call resolves
 * when the log has acknowledged the event, and calls made at once go out together.
 *
 * @see `createOrderPublisher`
 */
export interface OrderPublisher {
  publishOrderCreated(order: OrderCreated): Promise<void>;
  publishPaymentReceived(payment: PaymentReceived): Promise<void>;
  publishShipmentUpdated(shipment: ShipmentUpdated): Promise<void>;
  publishOrderCancelled(cancellation: OrderCancelled): Promise<void>;
  /** Waits for what is under way, then lets go of the log (which stays open). */
  close(): Promise<void>;
}

const created = publication('orders');
const paid = publication('payments');
const shipped = publication('shipments');
const cancelled = publication('cancellations');

/**
 * Opens a publisher on the topics `orders`, `payments`, `shipments` and `cancellations`, which must exist, and registers
 * their schemas. Throws TOPIC_UNKNOWN, SCHEMA_INCOMPATIBLE, REGISTRY_UNREACHABLE; the calls reject with VALUE_INVALID
 * where an event does not fit its schema.
 *
 * @example
 * const publisher = await createOrderPublisher(log, registry);
 * await publisher.publishOrderCreated({ order_id: 'o1', user_id: 'u1', items: [], total_cents: 990, timestamp: 5 });
 */
export async function createOrderPublisher(log: Log, registry: Registry): Promise<OrderPublisher> {
  const publisher = await createPublisher({ log, registry, publications: [created, paid, shipped, cancelled] });
  return {
    publishOrderCreated: (order) => publisher.publish(created, order),
    publishPaymentReceived: (payment) => publisher.publish(paid, payment),
    publishShipmentUpdated: (shipment) => publisher.publish(shipped, shipment),
    publishOrderCancelled: (cancellation) => publisher.publish(cancelled, cancellation),
    close: () => publisher.close(),
  };
}

/** How the events of a topic of the shop are published. */
export function publication<T extends ShopTopic>(topic: T): Publication<string, ShopTopics[T]> {
  return { topic, keySerde: string(), ...shopEvents[topic] };
}
