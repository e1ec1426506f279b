// Generated from schemas/order-status-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** How far an order has come. */
export const OrderStatus = {
  type: 'record',
  name: 'OrderStatus',
  namespace: 'millrace.orders',
  doc: 'How far an order has come.',
  fields: [
    { name: 'order_id', type: 'string', doc: 'The order; also the key of the record.' },
    { name: 'user_id', type: 'string', doc: 'Who placed it; empty until the order itself has come.' },
    {
      name: 'status',
      type: { type: 'enum', name: 'Status', symbols: ['CREATED', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED'] },
      doc: 'The furthest state that any event of it tells of, whatever order they came in.',
    },
    { name: 'total_cents', type: 'long', doc: 'What is to be paid, in cents.' },
    { name: 'paid_cents', type: 'long', doc: 'What was paid, in cents.' },
    {
      name: 'updated_at',
      type: { type: 'long', logicalType: 'timestamp-millis' },
      doc: 'The time of its latest event.',
    },
  ],
} as const;

/** How far an order has come. */
export type OrderStatus = Infer<typeof OrderStatus>;
