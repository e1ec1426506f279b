import type { OrderCreated } from '../topologies/schemas/order-created.ts';
import type { ShipmentUpdated } from '../topologies/schemas/shipment-updated.ts';
import type { ShopTopic, ShopTopics } from './events.ts';
import type { Random } from './random.ts';
import { numbered, type Purchase } from './simulated-shop.ts';

type Send = <T extends ShopTopic>(topic: T, event: ShopTopics[T]) => void;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FREIGHT_CENTS = [0, 490, 690, 990] as const;
const METHODS = ['credit_card', 'credit_card', 'paypal', 'invoice', 'voucher'] as const;
const REASONS = ['canceled', 'unavailable'] as const;

interface Setting {
  readonly random: Random;
  readonly purchase: Purchase;
  readonly index: number;
  /** When the order is made, ms. */
  readonly time: number;
}

/** What becomes of one order. */
export class OrderStory {
  readonly #order: OrderCreated;
  readonly #random: Random;
  /** The time of the last event that was told. */
  #now: number;

  constructor({ random, purchase: { user, items }, index, time }: Setting) {
    const goods = items.reduce((sum, { quantity, unit_cents }) => sum + quantity * unit_cents, 0);
    this.#order = {
      order_id: numbered('order', index),
      user_id: user,
      items,
      total_cents: goods + random.pick(FREIGHT_CENTS),
      timestamp: time,
    };
    this.#random = random;
    this.#now = time;
  }

  tell(send: Send): void {
    send('orders', this.#order);
    const isPaid = this.#pay(send);
    if (this.#random.chance(isPaid ? 0.015 : 0.6)) this.#cancel(send);
    else if (isPaid) this.#ship(send);
  }

  /** Nothing, the total at once, or in two or three parts; now and then a wrong amount. */
  #pay(send: Send): boolean {
    const random = this.#random;
    const parts = random.chance(0.02) ? 0 : random.chance(0.9) ? 1 : random.whole(2, 3);
    let left = this.#order.total_cents + (random.chance(0.01) ? random.whole(-50, 50) : 0);
    for (let part = 1; part <= parts; part++) {
      const amount = part === parts ? left : Math.floor(left * random.next());
      left -= amount;
      send('payments', {
        payment_id: `${this.#order.order_id}-${part}`,
        order_id: this.#order.order_id,
        amount_cents: Math.max(0, amount),
        method: random.pick(METHODS),
        timestamp: this.#later(HOUR_MS / 4),
      });
    }
    return parts > 0;
  }

  #ship(send: Send): void {
    if (this.#random.chance(0.02)) return;
    this.#move(send, 'SHIPPED', 1.5 * DAY_MS);
    if (this.#random.chance(0.97)) this.#move(send, 'DELIVERED', 4 * DAY_MS);
  }

  #move(send: Send, status: ShipmentUpdated['status'], mean: number): void {
    send('shipments', { order_id: this.#order.order_id, status, timestamp: this.#later(mean) });
  }

  #cancel(send: Send): void {
    const { order_id } = this.#order;
    send('cancellations', { order_id, reason: this.#random.pick(REASONS), timestamp: this.#later(DAY_MS) });
  }

  #later(mean: number): number {
    this.#now += 1000 + this.#random.wait(mean);
    return this.#now;
  }
}
