// Generated from schemas/cancellations-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** An order was called off. */
export const OrderCancelled = {
  type: 'record',
  name: 'OrderCancelled',
  namespace: 'millrace.orders',
  doc: 'An order was called off.',
  fields: [
    { name: 'order_id', type: 'string', doc: 'The order; also the key of the record.' },
    { name: 'reason', type: 'string', doc: 'Why: canceled, unavailable, …' },
    { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When it was called off.' },
  ],
} as const;

/** An order was called off. */
export type OrderCancelled = Infer<typeof OrderCancelled>;
