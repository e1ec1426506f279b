// Generated from schemas/revenue-per-minute-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** What was ordered of a product in one minute. */
export const MinuteRevenue = {
  type: 'record',
  name: 'MinuteRevenue',
  namespace: 'millrace.analytics',
  doc: 'What was ordered of a product in one minute.',
  fields: [
    { name: 'product_id', type: 'string', doc: 'The product; with the minute also the key of the record.' },
    { name: 'lines', type: 'long', doc: 'How many lines of orders it was on.' },
    { name: 'quantity', type: 'long', doc: 'How many of it were ordered.' },
    { name: 'cents', type: 'long', doc: 'What they cost together, in cents, freight left out.' },
  ],
} as const;

/** What was ordered of a product in one minute. */
export type MinuteRevenue = Infer<typeof MinuteRevenue>;
