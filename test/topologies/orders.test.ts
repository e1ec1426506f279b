import { describe, expect, test } from 'vitest';
import { avro, string } from '../../src/index.ts';
import { TopologyTestDriver } from '../../src/testing/index.ts';
import { orders } from '../../src/topologies/orders.ts';
import { OrderCancelled } from '../../src/topologies/schemas/order-cancelled.ts';
import { OrderCreated } from '../../src/topologies/schemas/order-created.ts';
import { OrderStatus } from '../../src/topologies/schemas/order-status.ts';
import { PaymentReceived } from '../../src/topologies/schemas/payment-received.ts';
import { ShipmentUpdated } from '../../src/topologies/schemas/shipment-updated.ts';
import { UserTotals } from '../../src/topologies/schemas/user-totals.ts';

const order = (order_id: string, user_id: string, total_cents: number, timestamp: number): OrderCreated => ({
  order_id,
  user_id,
  items: [],
  total_cents,
  timestamp,
});

async function pipeline() {
  const driver = await TopologyTestDriver.open(orders);
  const key = string();
  const created = await driver.input('orders', { key, value: avro(OrderCreated) });
  const paid = await driver.input('payments', { key, value: avro(PaymentReceived) });
  const shipped = await driver.input('shipments', { key, value: avro(ShipmentUpdated) });
  const cancelled = await driver.input('cancellations', { key, value: avro(OrderCancelled) });
  const totals = await driver.output('user-totals', { key, value: avro(UserTotals) });
  const statuses = await driver.output('order-status', { key, value: avro(OrderStatus) });
  return {
    totals,
    statuses,
    order: (event: OrderCreated) => created.pipe(event.order_id, event, { timestamp: event.timestamp }),
    pay: (order_id: string, amount_cents: number, timestamp: number) =>
      paid.pipe(
        order_id,
        { payment_id: `${order_id}-1`, order_id, amount_cents, method: 'card', timestamp },
        { timestamp },
      ),
    ship: (order_id: string, status: 'SHIPPED' | 'DELIVERED', timestamp: number) =>
      shipped.pipe(order_id, { order_id, status, timestamp }, { timestamp }),
    cancel: (order_id: string, timestamp: number) =>
      cancelled.pipe(order_id, { order_id, reason: 'unavailable', timestamp }, { timestamp }),
  };
}

describe('the order pipeline', () => {
  test('an order without items, paid and delivered', async () => {
    const shop = await pipeline();
    shop.order(order('o1', 'u1', 1999, 10));
    shop.pay('o1', 1000, 20);
    shop.pay('o1', 999, 30);
    shop.ship('o1', 'SHIPPED', 40);
    shop.ship('o1', 'DELIVERED', 50);
    expect(shop.statuses.readAll().at(-1)?.value).toEqual({
      order_id: 'o1',
      user_id: 'u1',
      status: 'DELIVERED',
      total_cents: 1999,
      paid_cents: 1999,
      updated_at: 50,
    });
    expect(shop.totals.readAll().at(-1)?.value).toEqual({
      user_id: 'u1',
      order_count: 1,
      total_cents: 1999,
      paid_cents: 1999,
      last_order_at: 10,
    });
  });

  test('events in any order give the same row', async () => {
    const shop = await pipeline();
    shop.ship('o1', 'DELIVERED', 50);
    shop.pay('o1', 500, 20);
    expect(shop.totals.readAll()).toEqual([]);
    shop.ship('o1', 'SHIPPED', 40);
    shop.order(order('o1', 'u1', 700, 10));
    expect(shop.statuses.readAll().at(-1)?.value).toEqual({
      order_id: 'o1',
      user_id: 'u1',
      status: 'DELIVERED',
      total_cents: 700,
      paid_cents: 500,
      updated_at: 50,
    });
    expect(shop.totals.readAll().at(-1)?.value).toMatchObject({ total_cents: 700, paid_cents: 500, last_order_at: 10 });
  });

  test('the totals of a user are over all of his orders', async () => {
    const shop = await pipeline();
    shop.order(order('o1', 'u1', 100, 30));
    shop.order(order('o2', 'u1', 200, 20));
    shop.order(order('o3', 'u2', 400, 25));
    shop.cancel('o2', 60);
    const last = new Map(shop.totals.readAll().map(({ key, value }) => [key, value]));
    expect(last.get('u1')).toEqual({
      user_id: 'u1',
      order_count: 2,
      total_cents: 300,
      paid_cents: 0,
      last_order_at: 30,
    });
    expect(last.get('u2')).toMatchObject({ order_count: 1, total_cents: 400 });
    const statuses = new Map(shop.statuses.readAll().map(({ key, value }) => [key, value?.status]));
    expect([...statuses]).toEqual([
      ['o1', 'CREATED'],
      ['o2', 'CANCELLED'],
      ['o3', 'CREATED'],
    ]);
  });
});
