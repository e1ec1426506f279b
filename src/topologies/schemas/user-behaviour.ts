// Generated from schemas/user-behaviour-value.avsc by `npm run schemas`: change that file, not this one.
import type { Infer } from '../../index.ts';

/** What a user did in all visits together. */
export const UserBehaviour = {
  type: 'record',
  name: 'UserBehaviour',
  namespace: 'millrace.behaviour',
  doc: 'What a user did in all visits together.',
  fields: [
    { name: 'user_id', type: 'string', doc: 'The user; also the key of the record.' },
    { name: 'sessions', type: 'long', doc: 'How many visits.' },
    { name: 'converted_sessions', type: 'long', doc: 'How many of them led to an order.' },
    { name: 'views', type: 'long', doc: 'How many pages were viewed.' },
    { name: 'clicks', type: 'long', doc: 'How many clicks there were.' },
    { name: 'length_ms', type: 'long', doc: 'How long the visits were together, in milliseconds.' },
    { name: 'ordered_cents', type: 'long', doc: 'What was ordered in them, in cents.' },
  ],
} as const;

/** What a user did in all visits together. */
export type UserBehaviour = Infer<typeof UserBehaviour>;
