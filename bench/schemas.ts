/** The schemas of the benchmark's topics, with the ids that its data is framed with; no registry is needed to measure. */
const item = {
  type: 'record',
  name: 'Item',
  fields: [
    { name: 'product_id', type: 'string' },
    { name: 'quantity', type: 'int' },
    { name: 'unit_cents', type: 'long' },
  ],
} as const;

const record = <const N extends string, const F extends readonly { readonly name: string; readonly type: unknown }[]>(
  name: N,
  fields: F,
) => ({ type: 'record', name, namespace: 'bench', fields }) as const;

const order_id = { name: 'order_id', type: 'string' } as const;
const user_id = { name: 'user_id', type: 'string' } as const;
const total_cents = { name: 'total_cents', type: 'long' } as const;
const timestamp = { name: 'timestamp', type: 'long' } as const;

export const OrderCreated = record('OrderCreated', [
  order_id,
  user_id,
  { name: 'items', type: { type: 'array', items: item } },
  total_cents,
  timestamp,
]);
export const PaymentReceived = record('PaymentReceived', [
  { name: 'payment_id', type: 'string' },
  order_id,
  { name: 'amount_cents', type: 'long' },
  { name: 'method', type: 'string' },
  timestamp,
]);
const shipmentStatus = { type: 'enum', name: 'ShipmentStatus', symbols: ['SHIPPED', 'DELIVERED'] } as const;
export const ShipmentUpdated = record('ShipmentUpdated', [
  order_id,
  { name: 'status', type: shipmentStatus },
  timestamp,
]);
export const OrderCancelled = record('OrderCancelled', [order_id, { name: 'reason', type: 'string' }, timestamp]);
export const OrderSummary = record('OrderSummary', [
  order_id,
  user_id,
  { name: 'item_count', type: 'int' },
  total_cents,
  timestamp,
]);
export const UserTotals = record('UserTotals', [
  user_id,
  { name: 'order_count', type: 'long' },
  total_cents,
  { name: 'last_order_at', type: 'long' },
]);
const status = {
  type: 'enum',
  name: 'Status',
  symbols: ['CREATED', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED'],
} as const;
export const OrderStatus = record('OrderStatus', [
  order_id,
  user_id,
  { name: 'status', type: status },
  total_cents,
  { name: 'paid_cents', type: 'long' },
  { name: 'updated_at', type: 'long' },
]);

export const User = record('User', [
  user_id,
  { name: 'name', type: 'string' },
  { name: 'country', type: 'string' },
  { name: 'tier', type: 'int' },
]);
export const WindowSum = record('WindowSum', [
  user_id,
  { name: 'window_start', type: 'long' },
  { name: 'order_count', type: 'long' },
  total_cents,
]);
export const EnrichedOrder = record('EnrichedOrder', [
  order_id,
  user_id,
  { name: 'user_name', type: 'string' },
  { name: 'country', type: 'string' },
  { name: 'tier', type: 'int' },
  total_cents,
  timestamp,
]);
export const PaidOrder = record('PaidOrder', [
  order_id,
  user_id,
  { name: 'payment_id', type: 'string' },
  total_cents,
  { name: 'amount_cents', type: 'long' },
  { name: 'ordered_at', type: 'long' },
  { name: 'paid_at', type: 'long' },
]);

export const ids = [
  { id: 1, schema: OrderCreated },
  { id: 2, schema: PaymentReceived },
  { id: 3, schema: ShipmentUpdated },
  { id: 4, schema: OrderCancelled },
  { id: 5, schema: User },
  { id: 6, schema: OrderSummary },
  { id: 7, schema: UserTotals },
  { id: 8, schema: OrderStatus },
  { id: 9, schema: WindowSum },
  { id: 10, schema: EnrichedOrder },
  { id: 11, schema: PaidOrder },
];

// What a workload does not look at is not decoded: readers with fewer fields than the writer.

export const OrderHead = record('OrderCreated', [user_id, total_cents, timestamp]);
export const PaymentHead = record('PaymentReceived', [{ name: 'amount_cents', type: 'long' }, timestamp]);
export const ShipmentHead = record('ShipmentUpdated', [{ name: 'status', type: shipmentStatus }, timestamp]);
export const CancellationHead = record('OrderCancelled', [timestamp]);
/** An order without its items. */
export const OrderLine = record('OrderCreated', [order_id, user_id, total_cents, timestamp]);
/** A payment without what nobody asks. */
export const PaymentLine = record('PaymentReceived', [
  { name: 'payment_id', type: 'string' },
  { name: 'amount_cents', type: 'long' },
  timestamp,
]);
/** Nothing of an order but that it is one. */
export const OrderSeen = record('OrderCreated', [timestamp]);
/** What the totals of a user need; travels to them through the repartition topic. */
export const OrderShare = record('OrderShare', [total_cents, timestamp]);
