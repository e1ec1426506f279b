// Generated from schemas/prompt-payments-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** A payment that came within an hour of its order. */
export const PromptPayment = {
  type: 'record',
  name: 'PromptPayment',
  namespace: 'millrace.analytics',
  doc: 'A payment that came within an hour of its order.',
  fields: [
    { name: 'order_id', type: 'string', doc: 'The order; also the key of the record.' },
    { name: 'user_id', type: 'string', doc: 'Who placed it.' },
    { name: 'payment_id', type: 'string', doc: 'The payment.' },
    { name: 'total_cents', type: 'long', doc: 'What was to be paid for the order, in cents.' },
    { name: 'amount_cents', type: 'long', doc: 'How much was paid, in cents.' },
    { name: 'ordered_at', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When the order was placed.' },
    { name: 'paid_at', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When it was paid.' },
  ],
} as const;

/** A payment that came within an hour of its order. */
export type PromptPayment = Infer<typeof PromptPayment>;
