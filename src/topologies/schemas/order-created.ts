// Generated from schemas/orders-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** A customer has placed an order. */
export const OrderCreated = {
  type: 'record',
  name: 'OrderCreated',
  namespace: 'millrace.orders',
  doc: 'A customer has placed an order.',
  fields: [
    { name: 'order_id', type: 'string', doc: 'The order; also the key of the record.' },
    { name: 'user_id', type: 'string', doc: 'Who placed it.' },
    {
      name: 'items',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'OrderItem',
          doc: 'A line of the order.',
          fields: [
            { name: 'product_id', type: 'string', doc: 'What was ordered.' },
            { name: 'quantity', type: 'int', doc: 'How many of it.' },
            { name: 'unit_cents', type: 'long', doc: 'The price of one, in cents.' },
          ],
        },
      },
      doc: 'The lines; empty for an order that has lost its items.',
    },
    { name: 'total_cents', type: 'long', doc: 'What is to be paid, freight included, in cents.' },
    { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When it was placed.' },
  ],
} as const;

/** A customer has placed an order. */
export type OrderCreated = Infer<typeof OrderCreated>;
