// Generated from schemas/sessions-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** What a user did in one visit: between one of its events and the next there was no long pause. */
export const Session = {
  type: 'record',
  name: 'Session',
  namespace: 'millrace.behaviour',
  doc: 'What a user did in one visit: between one of its events and the next there was no long pause.',
  fields: [
    { name: 'user_id', type: 'string', doc: 'The visitor; with the bounds of the session also the key of the record.' },
    {
      name: 'started_at',
      type: { type: 'long', logicalType: 'timestamp-millis' },
      doc: 'The time of its first event.',
    },
    { name: 'ended_at', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'The time of its last event.' },
    { name: 'length_ms', type: 'long', doc: 'From the first event to the last one, in milliseconds.' },
    { name: 'views', type: 'int', doc: 'How many pages were viewed, each as often as it was.' },
    { name: 'clicks', type: 'int', doc: 'How many clicks there were on them.' },
    {
      name: 'pages',
      type: { type: 'array', items: 'string' },
      doc: 'Which pages were viewed or clicked on, each once, in alphabetical order.',
    },
    { name: 'orders', type: 'int', doc: 'How many orders were placed.' },
    { name: 'ordered_cents', type: 'long', doc: 'What they cost together, in cents.' },
    { name: 'converted', type: 'boolean', doc: 'Whether the visit led to an order.' },
  ],
} as const;

/** What a user did in one visit: between one of its events and the next there was no long pause. */
export type Session = Infer<typeof Session>;
