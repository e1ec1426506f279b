// Generated from schemas/late-order-lines-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** A line of an order, as it is counted for its product. */
export const OrderLine = {
  type: 'record',
  name: 'OrderLine',
  namespace: 'millrace.analytics',
  doc: 'A line of an order, as it is counted for its product.',
  fields: [
    { name: 'product_id', type: 'string', doc: 'What was ordered; also the key of the record.' },
    { name: 'quantity', type: 'int', doc: 'How many of it.' },
    { name: 'cents', type: 'long', doc: 'What they cost together, in cents.' },
    { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When the order was placed.' },
  ],
} as const;

/** A line of an order, as it is counted for its product. */
export type OrderLine = Infer<typeof OrderLine>;
