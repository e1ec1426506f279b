import {
  avro,
  count,
  filter,
  groupBy,
  groupByKey,
  integer,
  mapValues,
  store,
  string,
  type Topology,
  to,
  topology,
} from '../src/index.ts';
import * as schemas from './schemas.ts';

/** The topologies of the benchmark; `input` and `app` are prefixes of topic names. */
export const workloads: Record<string, (input: string, app: string) => Topology> = { pass, count: counts, orders };

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
