/**
 * The order pipeline. Four kinds of events, keyed by order, in whatever order they come:
 *
 *     orders, payments, shipments, cancellations → order-status (by order) → user-totals (by user)
 */

import type { Infer } from '../index.ts';
import { avro, groupBy, groupByKey, mapValues, store, string, to, topology, toStream, toTable } from '../index.ts';
import { OrderCancelled } from './schemas/order-cancelled.ts';
import { OrderCreated } from './schemas/order-created.ts';
import { OrderStatus } from './schemas/order-status.ts';
import { PaymentReceived } from './schemas/payment-received.ts';
import { ShipmentUpdated } from './schemas/shipment-updated.ts';
import { UserTotals } from './schemas/user-totals.ts';

/** Later ones win, whatever order the events came in. */
const PROGRESS = ['CREATED', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED'] as const;

/** The status of an order, and the time of the order itself, which the totals of its user need. */
const OrderProgress = {
  ...OrderStatus,
  name: 'OrderProgress',
  fields: [...OrderStatus.fields, { name: 'ordered_at', type: { type: 'long', logicalType: 'timestamp-millis' } }],
} as const;
type OrderProgress = Infer<typeof OrderProgress>;

/** The row with one more event: its status only moves forward, its time is that of its last event. */
function advance(row: OrderProgress, status: OrderProgress['status'], timestamp: number): OrderProgress {
  const furthest = PROGRESS.indexOf(status) > PROGRESS.indexOf(row.status) ? status : row.status;
  return { ...row, status: furthest, updated_at: Math.max(row.updated_at, timestamp) };
}

export const orders = topology('orders', (flow) => {
  const key = string();
  const created = flow.stream('orders', { key, value: avro(OrderCreated) });
  const paid = flow.stream('payments', { key, value: avro(PaymentReceived) });
  const shipped = flow.stream('shipments', { key, value: avro(ShipmentUpdated) });
  const cancelled = flow.stream('cancellations', { key, value: avro(OrderCancelled) });

  const rows = store('order-progress', avro(OrderProgress));
  const progress = rows.cogroup(
    (order_id) => ({
      order_id,
      user_id: '',
      status: 'CREATED',
      total_cents: 0,
      paid_cents: 0,
      updated_at: 0,
      ordered_at: 0,
    }),
    rows.on(created.pipe(groupByKey()), (row, order) => ({
      ...advance(row, 'CREATED', order.timestamp),
      user_id: order.user_id,
      total_cents: order.total_cents,
      ordered_at: order.timestamp,
    })),
    rows.on(paid.pipe(groupByKey()), (row, payment) => ({
      ...advance(row, 'PAID', payment.timestamp),
      paid_cents: row.paid_cents + payment.amount_cents,
    })),
    rows.on(shipped.pipe(groupByKey()), (row, shipment) => advance(row, shipment.status, shipment.timestamp)),
    rows.on(cancelled.pipe(groupByKey()), (row, event) => advance(row, 'CANCELLED', event.timestamp)),
  );

  progress.pipe(
    mapValues(({ ordered_at: _, ...status }) => status),
    toStream(),
    toTable('order-status', { value: avro(OrderStatus) }),
    to('order-status'),
  );

  progress.pipe(
    // An order is nobody's until the order event itself has come.
    groupBy('orders-by-user', (order) => (order.user_id === '' ? null : order.user_id), { key }),
    store('user-totals', avro(UserTotals)).aggregate({
      initial: () => ({ user_id: '', order_count: 0, total_cents: 0, paid_cents: 0, last_order_at: 0 }),
      add: (sum, order, user_id) => ({
        user_id,
        order_count: sum.order_count + 1,
        total_cents: sum.total_cents + order.total_cents,
        paid_cents: sum.paid_cents + order.paid_cents,
        last_order_at: Math.max(sum.last_order_at, order.ordered_at),
      }),
      // An order leaves only to come back with its newest state, so the last order stays what it was.
      subtract: (sum, order) => ({
        ...sum,
        order_count: sum.order_count - 1,
        total_cents: sum.total_cents - order.total_cents,
        paid_cents: sum.paid_cents - order.paid_cents,
      }),
    }),
    to('user-totals'),
  );
});
