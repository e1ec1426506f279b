// Generated from schemas/revenue-per-day-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** What was ordered of a product on one day of the calendar. */
export const DayRevenue = {
  type: 'record',
  name: 'DayRevenue',
  namespace: 'millrace.analytics',
  doc: 'What was ordered of a product on one day of the calendar.',
  fields: [
    { name: 'product_id', type: 'string', doc: 'The product; with the day also the key of the record.' },
    { name: 'day', type: 'string', doc: "The day in the shop's time zone: 2026-01-31." },
    { name: 'lines', type: 'long', doc: 'How many lines of orders it was on.' },
    { name: 'quantity', type: 'long', doc: 'How many of it were ordered.' },
    { name: 'cents', type: 'long', doc: 'What they cost together, in cents, freight left out.' },
  ],
} as const;

/** What was ordered of a product on one day of the calendar. */
export type DayRevenue = Infer<typeof DayRevenue>;
