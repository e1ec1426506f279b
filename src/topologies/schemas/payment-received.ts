// Generated from schemas/payments-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** A payment for an order has come in. An order may have none, one or many. */
export const PaymentReceived = {
  type: 'record',
  name: 'PaymentReceived',
  namespace: 'millrace.orders',
  doc: 'A payment for an order has come in. An order may have none, one or many.',
  fields: [
    { name: 'payment_id', type: 'string', doc: 'The payment.' },
    { name: 'order_id', type: 'string', doc: 'The order it pays for; also the key of the record.' },
    { name: 'amount_cents', type: 'long', doc: 'How much, in cents.' },
    { name: 'method', type: 'string', doc: 'How it was paid: credit_card, voucher, …' },
    { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When it was approved.' },
  ],
} as const;

/** A payment for an order has come in. An order may have none, one or many. */
export type PaymentReceived = Infer<typeof PaymentReceived>;
