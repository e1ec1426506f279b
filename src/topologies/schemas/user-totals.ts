// Generated from schemas/user-totals-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** What a user has ordered and paid so far. */
export const UserTotals = {
  type: 'record',
  name: 'UserTotals',
  namespace: 'millrace.orders',
  doc: 'What a user has ordered and paid so far.',
  fields: [
    { name: 'user_id', type: 'string', doc: 'The user; also the key of the record.' },
    { name: 'order_count', type: 'long', doc: 'How many orders.' },
    { name: 'total_cents', type: 'long', doc: 'What they cost together, in cents.' },
    { name: 'paid_cents', type: 'long', doc: 'What was paid for them, in cents.' },
    {
      name: 'last_order_at',
      type: { type: 'long', logicalType: 'timestamp-millis' },
      doc: 'When the latest of them was placed.',
    },
  ],
} as const;

/** What a user has ordered and paid so far. */
export type UserTotals = Infer<typeof UserTotals>;
