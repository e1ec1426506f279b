// Generated from schemas/top-products-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** The products that brought in most on one day of the calendar. */
export const TopProducts = {
  type: 'record',
  name: 'TopProducts',
  namespace: 'millrace.analytics',
  doc: 'The products that brought in most on one day of the calendar.',
  fields: [
    { name: 'day', type: 'string', doc: "The day in the shop's time zone: 2026-01-31; also the key of the record." },
    {
      name: 'products',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'TopProduct',
          doc: 'One of them.',
          fields: [
            { name: 'product_id', type: 'string', doc: 'The product.' },
            { name: 'quantity', type: 'long', doc: 'How many of it were ordered.' },
            { name: 'cents', type: 'long', doc: 'What they cost together, in cents.' },
          ],
        },
      },
      doc: 'The best one first; of equal ones the first by name.',
    },
  ],
} as const;

/** The products that brought in most on one day of the calendar. */
export type TopProducts = Infer<typeof TopProducts>;
