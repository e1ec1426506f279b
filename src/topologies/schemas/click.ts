// Generated from schemas/clicks-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** A visitor of the shop has viewed a page, or clicked on it. */
export const Click = {
  type: 'record',
  name: 'Click',
  namespace: 'millrace.behaviour',
  doc: 'A visitor of the shop has viewed a page, or clicked on it.',
  fields: [
    { name: 'session_id', type: 'string', doc: 'The visit.' },
    { name: 'user_id', type: 'string', doc: 'The visitor; also the key of the record.' },
    { name: 'kind', type: { type: 'enum', name: 'ClickKind', symbols: ['VIEW', 'CLICK'] }, doc: 'What was done.' },
    { name: 'page', type: 'string', doc: 'The path of the page.' },
    { name: 'product_id', type: ['null', 'string'], default: null, doc: 'The product that the page shows, if any.' },
    { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When it was done.' },
  ],
} as const;

/** A visitor of the shop has viewed a page, or clicked on it. */
export type Click = Infer<typeof Click>;
