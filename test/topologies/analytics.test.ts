import { describe, expect, test } from 'vitest';
import { avro, type Serde, string, type Windowed, windowed } from '../../src/index.ts';
import { type SimulatedEvent, simulate } from '../../src/orders/simulate.ts';
import { analytics } from '../../src/topologies/analytics.ts';
import { DayRevenue } from '../../src/topologies/schemas/day-revenue.ts';
import { MinuteRevenue } from '../../src/topologies/schemas/minute-revenue.ts';
import type { OrderCreated } from '../../src/topologies/schemas/order-created.ts';
import { OrderLine } from '../../src/topologies/schemas/order-line.ts';
import { PromptPayment } from '../../src/topologies/schemas/prompt-payment.ts';
import { TopProducts } from '../../src/topologies/schemas/top-products.ts';
import { temporaryFolder } from '../support/embedded.ts';
import { drive, eventsOf, rowsOf, runOnLog } from './simulated-runs.ts';

const INPUTS = ['orders', 'payments'] as const;
const OUTPUTS = ['revenue-per-minute', 'revenue-per-day', 'top-products', 'late-order-lines', 'prompt-payments'];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const minuteKey = windowed(string(), MINUTE_MS);
// Where a day ends is no part of its key's bytes.
const dayKey = windowed(string(), 0);

const format = new Intl.DateTimeFormat('en-US', {
  timeZone: 'Europe/Berlin',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

function berlinDay(time: number): string {
  const [month = '', day = '', year = ''] = format.format(time).split('/');
  return `${year}-${month}-${day}`;
}

/** The first instant of each day that was asked for, found hour by hour. */
const starts = new Map<string, number>();

function dayStart(time: number): number {
  const day = berlinDay(time);
  let start = starts.get(day);
  if (start !== undefined) return start;
  start = time - (time % HOUR_MS);
  while (berlinDay(start - HOUR_MS) === day) start -= HOUR_MS;
  starts.set(day, start);
  return start;
}

function linesOf(events: readonly SimulatedEvent[]): OrderLine[] {
  return eventsOf(events, 'orders').flatMap(({ event: { items, timestamp } }) =>
    items.map(({ product_id, quantity, unit_cents }) => ({
      product_id,
      quantity,
      cents: quantity * unit_cents,
      timestamp,
    })),
  );
}

const totalOf = (lines: readonly OrderLine[]) => ({
  lines: lines.length,
  quantity: lines.reduce((sum, line) => sum + line.quantity, 0),
  cents: lines.reduce((sum, line) => sum + line.cents, 0),
});

/** Groups lines by product and the start of a window. */
function windowsOf(lines: readonly OrderLine[], startOf: (time: number) => number): [string, OrderLine[]][] {
  const groups = Object.groupBy(lines, ({ product_id, timestamp }) => `${product_id}@${startOf(timestamp)}`);
  return Object.entries(groups).map(([id, own = []]) => [id, own]);
}

function expectedMinutes(lines: readonly OrderLine[]): Record<string, MinuteRevenue> {
  const minutes = windowsOf(lines, (time) => time - (time % MINUTE_MS));
  return rowsOf(
    minutes.map(([key, own]) => ({ key, value: { product_id: own[0]?.product_id ?? '', ...totalOf(own) } })),
  );
}

function expectedDays(lines: readonly OrderLine[]): Record<string, DayRevenue> {
  return rowsOf(
    windowsOf(lines, dayStart).map(([key, own]) => {
      const { product_id = '', timestamp = 0 } = own[0] ?? {};
      return { key, value: { product_id, day: berlinDay(timestamp), ...totalOf(own) } };
    }),
  );
}

function expectedTops(lines: readonly OrderLine[]): Record<string, TopProducts> {
  const byDay = Object.entries(Object.groupBy(lines, ({ timestamp }) => berlinDay(timestamp)));
  return rowsOf(
    byDay.map(([day, own = []]) => {
      const products = Object.entries(Object.groupBy(own, ({ product_id }) => product_id)).map(
        ([product_id, lines]) => {
          const { quantity, cents } = totalOf(lines ?? []);
          return { product_id, quantity, cents };
        },
      );
      products.sort((a, b) => b.cents - a.cents || (a.product_id < b.product_id ? -1 : 1));
      return { key: day, value: { day, products: products.slice(0, 10) } };
    }),
  );
}

function expectedPrompt(events: readonly SimulatedEvent[]): Record<string, PromptPayment> {
  const orders = new Map(eventsOf(events, 'orders').map(({ event }) => [event.order_id, event]));
  const prompt = eventsOf(events, 'payments').flatMap(({ event }) => {
    const order = orders.get(event.order_id);
    const took = event.timestamp - (order?.timestamp ?? 0);
    if (order === undefined || took < 0 || took > HOUR_MS) return [];
    const { order_id, user_id, total_cents, timestamp: ordered_at } = order;
    const { payment_id, amount_cents, timestamp: paid_at } = event;
    return [{ order_id, user_id, payment_id, total_cents, amount_cents, ordered_at, paid_at }];
  });
  return rowsOf(prompt.map((value) => ({ key: value.payment_id, value })));
}

interface Found {
  readonly minutes: readonly { key: Windowed<string> | null; value: MinuteRevenue | null }[];
  readonly days: readonly { key: Windowed<string> | null; value: DayRevenue | null }[];
  readonly tops: readonly { key: string | null; value: TopProducts | null }[];
  readonly late: readonly { value: OrderLine | null }[];
  readonly prompt: readonly { value: PromptPayment | null }[];
}

type Read = <K, V>(
  topic: string,
  key: Serde<K>,
  value: Serde<V>,
) => Promise<{ readonly key: K | null; readonly value: V | null }[]>;

async function readAll(read: Read): Promise<Found> {
  return {
    minutes: await read('revenue-per-minute', minuteKey, avro(MinuteRevenue)),
    days: await read('revenue-per-day', dayKey, avro(DayRevenue)),
    tops: await read('top-products', string(), avro(TopProducts)),
    late: await read('late-order-lines', minuteKey, avro(OrderLine)),
    prompt: await read('prompt-payments', string(), avro(PromptPayment)),
  };
}

/** All results are as computed from the events, apart from the lines that are told to have come too late. */
function check(found: Found, events: readonly SimulatedEvent[]): void {
  const byStart = <V>(records: readonly { key: Windowed<string> | null; value: V }[]) =>
    rowsOf(records.map(({ key, value }) => ({ key: `${key?.key}@${key?.start}`, value })));
  const lines = linesOf(events);
  const late = found.late.flatMap(({ value }) => value ?? []);
  expect(byStart(found.minutes)).toEqual(expectedMinutes(without(lines, late)));
  expect(byStart(found.days)).toEqual(expectedDays(lines));
  expect(rowsOf(found.tops)).toEqual(expectedTops(lines));
  const prompt = rowsOf(found.prompt.map(({ value }) => ({ key: value?.payment_id ?? '', value })));
  expect(prompt).toEqual(expectedPrompt(events));
  expect(found.prompt).toHaveLength(Object.keys(prompt).length);
}

/** The lines but for those in `left`, each of which must be among them. */
function without(lines: readonly OrderLine[], left: readonly OrderLine[]): OrderLine[] {
  const rest = [...lines];
  for (const line of left) {
    const at = rest.findIndex((other) => JSON.stringify(other) === JSON.stringify(line));
    expect(at).toBeGreaterThanOrEqual(0);
    rest.splice(at, 1);
  }
  return rest;
}

describe('the analytics pipeline', () => {
  // The third begins on the day on which the clock goes forward.
  test.each([
    [1, Date.UTC(2026, 0, 1)],
    [2, Date.UTC(2026, 5, 30, 20)],
    [3, Date.UTC(2026, 2, 28, 20)],
  ])('comes to what the events of a simulated shop come to, seed %i', async (seed, start) => {
    const events = [...simulate({ orders: 5000, seed, start, clicks: false })];
    const driver = await drive(analytics, INPUTS, events);
    const found = await readAll(async (topic, key, value) => (await driver.output(topic, { key, value })).readAll());
    expect(found.late).toEqual([]);
    expect(Object.keys(expectedTops(linesOf(events))).length).toBeGreaterThan(2);
    check(found, events);
    expect(driver.droppedTotal).toBe(0);
  });

  test('a worker on a log with three partitions comes to the same', async () => {
    using folder = temporaryFolder();
    const events = [...simulate({ orders: 3000, seed: 4, clicks: false })];
    await runOnLog(folder.path, { topology: analytics, events, inputs: INPUTS, outputs: OUTPUTS }, async (run) => {
      check(await readAll((topic, key, value) => run.records(topic, key, value)), events);
    });
  });

  test('lines of an order that comes more than a day late are told, and still count for their day', async () => {
    const time = Date.UTC(2026, 0, 1, 12);
    const order = (order_id: string, timestamp: number): SimulatedEvent => {
      const items = [{ product_id: 'p1', quantity: 2, unit_cents: 150 }];
      const event: OrderCreated = { order_id, user_id: 'u1', items, total_cents: 300, timestamp };
      return { topic: 'orders', key: order_id, event, timestamp };
    };
    const events = [order('o1', time), order('o2', time + 2 * DAY_MS), order('o3', time)];
    const driver = await drive(analytics, INPUTS, events);
    const found = await readAll(async (topic, key, value) => (await driver.output(topic, { key, value })).readAll());
    expect(found.late).toMatchObject([
      { key: { key: 'p1', start: time, end: time + MINUTE_MS }, value: { product_id: 'p1', cents: 300 } },
    ]);
    check(found, events);
  });
});
