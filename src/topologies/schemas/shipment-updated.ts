// Generated from schemas/shipments-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** The shipment of an order has moved on. */
export const ShipmentUpdated = {
  type: 'record',
  name: 'ShipmentUpdated',
  namespace: 'millrace.orders',
  doc: 'The shipment of an order has moved on.',
  fields: [
    { name: 'order_id', type: 'string', doc: 'The order; also the key of the record.' },
    {
      name: 'status',
      type: { type: 'enum', name: 'ShipmentStatus', symbols: ['SHIPPED', 'DELIVERED'] },
      doc: 'Where it is now.',
    },
    { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When it got there.' },
  ],
} as const;

/** The shipment of an order has moved on. */
export type ShipmentUpdated = Infer<typeof ShipmentUpdated>;
