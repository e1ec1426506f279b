/**
 * What the shop's visitors do. Views and clicks are keyed by user; orders come to them through a topic of their own.
 *
 *     clicks, orders → visits → sessions (by user and time) → user-behaviour (by user)
 */

import { avro, groupBy, groupByKey, session, store, string, to, topology, toStream, toTable } from '../index.ts';
import { Click } from './schemas/click.ts';
import { OrderCreated } from './schemas/order-created.ts';
import { Session } from './schemas/session.ts';
import { UserBehaviour } from './schemas/user-behaviour.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Who does nothing for so long has left; what comes after is another visit. */
const PAUSE_MS = 30 * MINUTE_MS;
/** Events are hours late now and then, and a worker that catches up reads some partitions ahead of others. */
const GRACE_MS = DAY_MS;

/** A visit before its first event. The adders do not see the window, so the row keeps its bounds. */
const NO_SESSION: Session = {
  user_id: '',
  started_at: Number.MAX_SAFE_INTEGER,
  ended_at: 0,
  length_ms: 0,
  views: 0,
  clicks: 0,
  pages: [],
  orders: 0,
  ordered_cents: 0,
  converted: false,
};

/** Two parts of one visit together. */
function together(a: Session, b: Session): Session {
  const started_at = Math.min(a.started_at, b.started_at);
  const ended_at = Math.max(a.ended_at, b.ended_at);
  return {
    user_id: b.user_id,
    started_at,
    ended_at,
    length_ms: ended_at - started_at,
    views: a.views + b.views,
    clicks: a.clicks + b.clicks,
    pages: [...new Set([...a.pages, ...b.pages])].sort(),
    orders: a.orders + b.orders,
    ordered_cents: a.ordered_cents + b.ordered_cents,
    converted: a.converted || b.converted,
  };
}

/** The part of a visit that is one event. */
function ofClick({ user_id, kind, page, timestamp }: Click): Session {
  const [views, clicks] = kind === 'VIEW' ? [1, 0] : [0, 1];
  return { ...NO_SESSION, user_id, started_at: timestamp, ended_at: timestamp, views, clicks, pages: [page] };
}

function ofOrder({ user_id, total_cents, timestamp }: OrderCreated): Session {
  const order = { orders: 1, ordered_cents: total_cents, converted: true };
  return { ...NO_SESSION, user_id, started_at: timestamp, ended_at: timestamp, ...order };
}

export const behaviour = topology('behaviour', (flow) => {
  const key = string();
  const clicks = flow.stream('clicks', { key, value: avro(Click) });
  const orders = flow.stream('orders', { key, value: avro(OrderCreated) });

  const visits = store('visits', avro(Session));
  const sessions = visits
    .windowedBy(session(PAUSE_MS, { grace: GRACE_MS }))
    .cogroup(
      { initial: () => NO_SESSION, merge: together },
      visits.on(clicks.pipe(groupByKey()), (visit, click) => together(visit, ofClick(click))),
      visits.on(orders.pipe(groupBy('orders-by-user', (order) => order.user_id, { key })), (visit, order) =>
        together(visit, ofOrder(order)),
      ),
    )
    // Rows that stay when no event can change them any more; and such a table always knows what a row was before.
    .pipe(toStream(), toTable('sessions'));
  sessions.pipe(to('sessions'));

  sessions.pipe(
    groupBy('sessions-by-user', (visit) => visit.user_id, { key }),
    store('user-behaviour', avro(UserBehaviour)).aggregate({
      initial: () => ({
        user_id: '',
        sessions: 0,
        converted_sessions: 0,
        views: 0,
        clicks: 0,
        length_ms: 0,
        ordered_cents: 0,
      }),
      add: (sum, visit) => counted(sum, visit, 1),
      // A visit leaves when it grows, to come back as it is now.
      subtract: (sum, visit) => counted(sum, visit, -1),
    }),
    to('user-behaviour'),
  );
});

function counted(sum: UserBehaviour, visit: Session, times: 1 | -1): UserBehaviour {
  return {
    user_id: visit.user_id,
    sessions: sum.sessions + times,
    converted_sessions: sum.converted_sessions + (visit.converted ? times : 0),
    views: sum.views + times * visit.views,
    clicks: sum.clicks + times * visit.clicks,
    length_ms: sum.length_ms + times * visit.length_ms,
    ordered_cents: sum.ordered_cents + times * visit.ordered_cents,
  };
}
