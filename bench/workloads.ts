import {
  avro,
  count,
  filter,
  groupBy,
  groupByKey,
  integer,
  join,
  mapValues,
  store,
  string,
  type Topology,
  to,
  topology,
  toStream,
  tumbling,
  windowedBy,
} from '../src/index.ts';
import * as schemas from './schemas.ts';

/** The topologies of the benchmark; `input` and `app` are prefixes of topic names. */
export const workloads: Record<string, (input: string, app: string) => Topology> = {
  pass,
  count: counts,
  window,
  orders,
  'table-join': tableJoin,
  'stream-join': streamJoin,
};

const key = string();

function pass(input: string, app: string): Topology {
  return topology(app, (flow) => {
    flow.stream(`${input}.orders`, { key, value: avro(schemas.OrderCreated) }).pipe(
      filter((order) => order.total_cents >= 20_000),
      mapValues(({ order_id, user_id, items, total_cents, timestamp }) => ({
        order_id,
        user_id,
        item_count: items.length,
        total_cents,
        timestamp,
      })),
      to(`${app}.out`, { value: avro(schemas.OrderSummary) }),
    );
  });
}

function counts(input: string, app: string): Topology {
  return topology(app, (flow) => {
    flow
      .stream(`${input}.orders-by-user`, { key, value: avro(schemas.OrderSeen) })
      .pipe(groupByKey(), count('counts'), to(`${app}.out`, { value: integer() }));
  });
}

const MINUTE_MS = 60_000;
const GRACE_MS = 10_000;

function window(input: string, app: string): Topology {
  return topology(app, (flow) => {
    flow.stream(`${input}.orders-by-user`, { key, value: avro(schemas.OrderHead) }).pipe(
      groupByKey(),
      windowedBy(tumbling(MINUTE_MS, { grace: GRACE_MS })),
      store('sums', avro(schemas.WindowSum)).aggregate({
        initial: () => ({ user_id: '', window_start: 0, order_count: 0, total_cents: 0 }),
        add: (sum, order, user_id) => ({
          user_id,
          window_start: 0,
          order_count: sum.order_count + 1,
          total_cents: sum.total_cents + order.total_cents,
        }),
      }),
      // The adder does not see its window, here as in Kafka Streams.
      mapValues((sum, window) => ({ ...sum, window_start: window.start })),
      toStream((_, window) => `${window.key}@${window.start}`),
      to(`${app}.out`, { key, value: avro(schemas.WindowSum) }),
    );
  });
}

function tableJoin(input: string, app: string): Topology {
  return topology(app, (flow) => {
    const users = flow.table(`${input}.users`, { name: 'users', key, value: avro(schemas.User) });
    flow.stream(`${input}.orders-by-user`, { key, value: avro(schemas.OrderLine) }).pipe(
      join(users, ({ order_id, user_id, total_cents, timestamp }, { name, country, tier }) => ({
        order_id,
        user_id,
        user_name: name,
        country,
        tier,
        total_cents,
        timestamp,
      })),
      to(`${app}.out`, { value: avro(schemas.EnrichedOrder) }),
    );
  });
}

function streamJoin(input: string, app: string): Topology {
  return topology(app, (flow) => {
    const paid = flow.stream(`${input}.payments`, { key, value: avro(schemas.PaymentLine) });
    flow.stream(`${input}.orders`, { key, value: avro(schemas.OrderLine) }).pipe(
      join(
        paid,
        (order, payment) => ({
          order_id: order.order_id,
          user_id: order.user_id,
          payment_id: payment.payment_id,
          total_cents: order.total_cents,
          amount_cents: payment.amount_cents,
          ordered_at: order.timestamp,
          paid_at: payment.timestamp,
        }),
        { name: 'order-payment', within: 60 * MINUTE_MS, grace: GRACE_MS },
      ),
      to(`${app}.out`, { value: avro(schemas.PaidOrder) }),
    );
  });
}

const PROGRESS = ['CREATED', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED'] as const;
type Status = (typeof PROGRESS)[number];

const furthest = (a: Status, b: Status): Status => (PROGRESS.indexOf(a) > PROGRESS.indexOf(b) ? a : b);

function orders(input: string, app: string): Topology {
  return topology(app, (flow) => {
    const created = flow.stream(`${input}.orders`, { key, value: avro(schemas.OrderHead) });
    const paid = flow.stream(`${input}.payments`, { key, value: avro(schemas.PaymentHead) });
    const shipped = flow.stream(`${input}.shipments`, { key, value: avro(schemas.ShipmentHead) });
    const cancelled = flow.stream(`${input}.cancellations`, { key, value: avro(schemas.CancellationHead) });

    created.pipe(
      groupBy('by-user', (order) => order.user_id, { key, value: avro(schemas.OrderHead) }),
      store('user-totals', avro(schemas.UserTotals)).aggregate({
        initial: () => ({ user_id: '', order_count: 0, total_cents: 0, last_order_at: 0 }),
        add: (sum, order, user_id) => ({
          user_id,
          order_count: sum.order_count + 1,
          total_cents: sum.total_cents + order.total_cents,
          last_order_at: Math.max(sum.last_order_at, order.timestamp),
        }),
      }),
      to(`${app}.user-totals`),
    );

    const rows = store('order-status', avro(schemas.OrderStatus));
    rows
      .cogroup(
        (order_id) => ({
          order_id,
          user_id: '',
          status: 'CREATED',
          total_cents: 0,
          paid_cents: 0,
          updated_at: 0,
        }),
        rows.on(created.pipe(groupByKey()), (row, { user_id, total_cents, timestamp }) => ({
          ...row,
          user_id,
          total_cents,
          updated_at: Math.max(row.updated_at, timestamp),
        })),
        rows.on(paid.pipe(groupByKey()), (row, { amount_cents, timestamp }) => ({
          ...row,
          status: furthest(row.status, 'PAID'),
          paid_cents: row.paid_cents + amount_cents,
          updated_at: Math.max(row.updated_at, timestamp),
        })),
        rows.on(shipped.pipe(groupByKey()), (row, { status, timestamp }) => ({
          ...row,
          status: furthest(row.status, status),
          updated_at: Math.max(row.updated_at, timestamp),
        })),
        rows.on(cancelled.pipe(groupByKey()), (row, { timestamp }) => ({
          ...row,
          status: furthest(row.status, 'CANCELLED'),
          updated_at: Math.max(row.updated_at, timestamp),
        })),
      )
      .pipe(to(`${app}.order-status`));
  });
}
