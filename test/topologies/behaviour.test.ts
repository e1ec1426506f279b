import { describe, expect, test } from 'vitest';
import { avro, sessionWindowed, string } from '../../src/index.ts';
import { type SimulatedEvent, simulate } from '../../src/orders/simulate.ts';
import { behaviour } from '../../src/topologies/behaviour.ts';
import type { Click } from '../../src/topologies/schemas/click.ts';
import type { OrderCreated } from '../../src/topologies/schemas/order-created.ts';
import { Session } from '../../src/topologies/schemas/session.ts';
import { UserBehaviour } from '../../src/topologies/schemas/user-behaviour.ts';
import { temporaryFolder } from '../support/embedded.ts';
import { drive, eventsOf, rowsOf, runOnLog } from './simulated-runs.ts';

const INPUTS = ['clicks', 'orders'] as const;
const PAUSE_MS = 30 * 60_000;

type Event = { readonly user: string; readonly time: number; readonly click?: Click; readonly order?: OrderCreated };

/** The visits of the events, found by sorting them. */
function expectedSessions(events: readonly SimulatedEvent[]): Session[] {
  const all: Event[] = [
    ...eventsOf(events, 'clicks').map(({ event }) => ({ user: event.user_id, time: event.timestamp, click: event })),
    ...eventsOf(events, 'orders').map(({ event }) => ({ user: event.user_id, time: event.timestamp, order: event })),
  ];
  const byUser = Object.values(Object.groupBy(all, ({ user }) => user)).map((own = []) =>
    own.sort((a, b) => a.time - b.time),
  );
  return byUser.flatMap((own) => {
    const visits: Event[][] = [];
    for (const event of own) {
      const last = visits.at(-1);
      if (last !== undefined && event.time - (last.at(-1)?.time ?? 0) <= PAUSE_MS) last.push(event);
      else visits.push([event]);
    }
    return visits.map(sessionOf);
  });
}

function sessionOf(visit: readonly Event[]): Session {
  const started_at = visit[0]?.time ?? 0;
  const ended_at = visit.at(-1)?.time ?? 0;
  const clicks = visit.flatMap(({ click }) => click ?? []);
  const orders = visit.flatMap(({ order }) => order ?? []);
  return {
    user_id: visit[0]?.user ?? '',
    started_at,
    ended_at,
    length_ms: ended_at - started_at,
    views: clicks.filter(({ kind }) => kind === 'VIEW').length,
    clicks: clicks.filter(({ kind }) => kind === 'CLICK').length,
    pages: [...new Set(clicks.map(({ page }) => page))].sort(),
    orders: orders.length,
    ordered_cents: orders.reduce((sum, order) => sum + order.total_cents, 0),
    converted: orders.length > 0,
  };
}

const sessionRows = (sessions: readonly Session[]) =>
  rowsOf(
    sessions.map((value) => ({ key: { key: value.user_id, start: value.started_at, end: value.ended_at }, value })),
  );

function userRows(sessions: readonly Session[]): Record<string, UserBehaviour> {
  const byUser = Object.entries(Object.groupBy(sessions, ({ user_id }) => user_id));
  const sum = (visits: Session[], of: (visit: Session) => number) =>
    visits.reduce((total, visit) => total + of(visit), 0);
  return rowsOf(
    byUser.map(([user_id, visits = []]) => ({
      key: user_id,
      value: {
        user_id,
        sessions: visits.length,
        converted_sessions: visits.filter(({ converted }) => converted).length,
        views: sum(visits, ({ views }) => views),
        clicks: sum(visits, ({ clicks }) => clicks),
        length_ms: sum(visits, ({ length_ms }) => length_ms),
        ordered_cents: sum(visits, ({ ordered_cents }) => ordered_cents),
      },
    })),
  );
}

const sessionKey = sessionWindowed(string());

describe('the behaviour pipeline', () => {
  test.each([1, 2, 3])('finds the visits of a simulated shop, seed %i', async (seed) => {
    const events = [...simulate({ orders: 400, seed, users: 40 })];
    const driver = await drive(behaviour, INPUTS, events);
    const sessions = await driver.output('sessions', { key: sessionKey, value: avro(Session) });
    const users = await driver.output('user-behaviour', { key: string(), value: avro(UserBehaviour) });
    const expected = expectedSessions(events);
    expect(expected.some(({ converted, views }) => !converted && views > 1)).toBe(true);
    expect(rowsOf(sessions.readAll())).toEqual(sessionRows(expected));
    expect(rowsOf(users.readAll())).toEqual(userRows(expected));
    expect(driver.droppedTotal).toBe(0);
  });

  test('a worker on a log with three partitions finds the same', async () => {
    using folder = temporaryFolder();
    const events = [...simulate({ orders: 600, seed: 4, users: 60 })];
    const outputs = ['sessions', 'user-behaviour'];
    await runOnLog(folder.path, { topology: behaviour, events, inputs: INPUTS, outputs }, async (run) => {
      const expected = expectedSessions(events);
      const sessions = await run.records('sessions', sessionKey, avro(Session));
      expect(rowsOf(sessions)).toEqual(sessionRows(expected));
      const users = await run.records('user-behaviour', string(), avro(UserBehaviour));
      expect(rowsOf(users)).toEqual(userRows(expected));
    });
  });

  test('an order at the very time of a click is of the same visit, and counted once', async () => {
    const at = Date.UTC(2026, 0, 1);
    const click: Click = { session_id: 's', user_id: 'u1', kind: 'VIEW', page: '/', product_id: null, timestamp: at };
    const order: OrderCreated = { order_id: 'o1', user_id: 'u1', items: [], total_cents: 500, timestamp: at };
    const events: SimulatedEvent[] = [
      { topic: 'clicks', key: 'u1', event: click, timestamp: at },
      { topic: 'orders', key: 'o1', event: order, timestamp: at },
    ];
    const driver = await drive(behaviour, INPUTS, events);
    const users = await driver.output('user-behaviour', { key: string(), value: avro(UserBehaviour) });
    expect(users.readAll().at(-1)?.value).toMatchObject({ sessions: 1, views: 1, ordered_cents: 500 });
  });
});
