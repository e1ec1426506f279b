/**
 * What the shop earns. Revenue is that of the lines of its orders; freight is left out, cancellations are not taken off.
 *
 *     orders → lines by product → revenue-per-minute, and what came too late for it → late-order-lines
 *                               → revenue-per-day → top-products (by day)
 *     orders, payments → prompt-payments (by order)
 */

import {
  avro,
  calendar,
  flatMap,
  groupBy,
  groupByKey,
  join,
  store,
  string,
  to,
  topology,
  tumbling,
  windowedBy,
} from '../index.ts';
import { DayRevenue } from './schemas/day-revenue.ts';
import { MinuteRevenue } from './schemas/minute-revenue.ts';
import { OrderCreated } from './schemas/order-created.ts';
import { OrderLine } from './schemas/order-line.ts';
import { PaymentReceived } from './schemas/payment-received.ts';
import { PromptPayment } from './schemas/prompt-payment.ts';
import { TopProducts } from './schemas/top-products.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Its calendar says which day it is. */
export const SHOP_TIME_ZONE = 'Europe/Berlin';
/** Events are hours late now and then, and a worker that catches up reads some partitions ahead of others. */
const GRACE_MS = DAY_MS;
/** How many products a day's list has. */
const TOP = 10;

// Swedes write dates as ISO 8601 has them.
const date = new Intl.DateTimeFormat('sv-SE', { timeZone: SHOP_TIME_ZONE });

export const analytics = topology('analytics', (flow) => {
  const key = string();
  const orders = flow.stream('orders', { key, value: avro(OrderCreated) });
  const payments = flow.stream('payments', { key, value: avro(PaymentReceived) });

  const lines = orders.pipe(flatMap(linesOf), groupByKey({ name: 'lines-by-product', key, value: avro(OrderLine) }));

  lines.pipe(
    windowedBy(tumbling(MINUTE_MS, { grace: GRACE_MS }), {
      retention: 7 * DAY_MS,
      late: (late) => late.pipe(to('late-order-lines')),
    }),
    store('revenue-per-minute', avro(MinuteRevenue)).aggregate({
      initial: () => ({ product_id: '', lines: 0, quantity: 0, cents: 0 }),
      add: (sum, line) => ({ product_id: line.product_id, ...added(sum, line) }),
    }),
    to('revenue-per-minute'),
  );

  const perDay = lines.pipe(
    windowedBy(calendar('day', { timeZone: SHOP_TIME_ZONE, grace: 7 * GRACE_MS }), { retention: 400 * DAY_MS }),
    store('revenue-per-day', avro(DayRevenue)).aggregate({
      initial: () => ({ product_id: '', day: '', lines: 0, quantity: 0, cents: 0 }),
      add: (sum, line) => ({
        product_id: line.product_id,
        day: sum.day === '' ? date.format(line.timestamp) : sum.day,
        ...added(sum, line),
      }),
    }),
  );
  perDay.pipe(to('revenue-per-day'));

  perDay.pipe(
    groupBy('revenue-by-day', (revenue) => revenue.day, { key }),
    store('top-products', avro(TopProducts)).aggregate({
      initial: () => ({ day: '', products: [] }),
      add: ranked,
      // The revenue of a product only grows: its new row takes the place of the old one.
      subtract: (top) => top,
    }),
    to('top-products'),
  );

  orders.pipe(
    join(payments, promptPayment, { name: 'orders-with-payments', before: 0, after: HOUR_MS, grace: GRACE_MS }),
    to('prompt-payments', { value: avro(PromptPayment) }),
  );
});

function linesOf({ items, timestamp }: OrderCreated): (readonly [product: string, line: OrderLine])[] {
  return items.map(({ product_id, quantity, unit_cents }) => [
    product_id,
    { product_id, quantity, cents: quantity * unit_cents, timestamp },
  ]);
}

type Sums = Pick<MinuteRevenue, 'lines' | 'quantity' | 'cents'>;

function added({ lines, quantity, cents }: Sums, line: OrderLine): Sums {
  return { lines: lines + 1, quantity: quantity + line.quantity, cents: cents + line.cents };
}

/**
 * The list with the newest revenue of a product. Whoever is not on it is behind all that are, and they only grow; so it
 * comes back by its own growth, and the list needs no others.
 */
function ranked({ products }: TopProducts, { product_id, day, quantity, cents }: DayRevenue): TopProducts {
  const others = products.filter((product) => product.product_id !== product_id);
  const all = [...others, { product_id, quantity, cents }];
  all.sort((a, b) => b.cents - a.cents || (a.product_id < b.product_id ? -1 : 1));
  return { day, products: all.slice(0, TOP) };
}

function promptPayment(order: OrderCreated, payment: PaymentReceived): PromptPayment {
  return {
    order_id: order.order_id,
    user_id: order.user_id,
    payment_id: payment.payment_id,
    total_cents: order.total_cents,
    amount_cents: payment.amount_cents,
    ordered_at: order.timestamp,
    paid_at: payment.timestamp,
  };
}
