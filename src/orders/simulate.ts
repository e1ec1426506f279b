import { Arrivals } from './arrivals.ts';
import type { ShopTopic, ShopTopics } from './events.ts';
import { Random } from './random.ts';
import { shopEvents } from './shop-events.ts';
import { OrderStory } from './simulated-order.ts';
import { SimulatedShop } from './simulated-shop.ts';
import { simulatedVisit } from './simulated-visit.ts';

/** An event as it comes in. */
export type SimulatedEvent = { [T in ShopTopic]: SimulatedEventOf<T> }[ShopTopic];

/** An event of one topic. */
export interface SimulatedEventOf<T extends ShopTopic> {
  readonly topic: T;
  readonly key: string;
  readonly event: ShopTopics[T];
  /** Event time, ms. */
  readonly timestamp: number;
}

/** How much happens, and with which seed. */
export interface Simulation {
  /** How many orders; there are some four to five times as many other events of orders, and clicks beside them. */
  readonly orders: number;
  /** The same seed gives the same events. Default 1. */
  readonly seed?: number;
  /** When it begins, ms. Default 2026-01-01 UTC. */
  readonly start?: number;
  /** Customers of the shop. Default: one for every four orders. */
  readonly users?: number;
  /** Default true. */
  readonly clicks?: boolean;
}

const START = Date.UTC(2026, 0, 1);
/** Of the time between two orders. */
const MEAN_GAP_MS = 45_000;
const LATE_SHARE = 0.01;
const MOST_LATE_MS = 6 * 3_600_000;
const USUAL_DELAY_MS = 1500;

/**
 * A shop's believable life: visitors click, some order, most pay exactly, parcels leave and arrive, a few orders are
 * cancelled. Events come in nearly in the order of their times: most are up to a second late, one in a hundred up to
 * hours.
 *
 * @example
 * const events = [...simulate({ orders: 3, seed: 1, clicks: false })];
 * events.filter(({ topic }) => topic === 'orders').length; // → 3
 */
export function* simulate(simulation: Simulation): Generator<SimulatedEvent> {
  const { orders, seed = 1, start = START, users = Math.max(1, Math.ceil(orders / 4)), clicks = true } = simulation;
  const random = new Random(seed);
  const shop = new SimulatedShop(random, users);
  const arrivals = new Arrivals<SimulatedEvent>();
  const send = <T extends ShopTopic>(topic: T, event: ShopTopics[T]): void => {
    const { key, timestamp } = shopEvents[topic];
    // TypeScript loses the tie between topic and event inside of a union; the parameters hold it.
    const simulated = { topic, key: key(event), event, timestamp: timestamp(event) } as SimulatedEvent;
    arrivals.add(simulated.timestamp + delay(random), simulated);
  };
  let time = start;
  for (let index = 0; index < orders; index++) {
    time += random.wait(MEAN_GAP_MS);
    yield* arrivals.until(time);
    const purchase = { user: shop.user(), items: shop.basket() };
    const end = clicks
      ? simulatedVisit({ random, shop, purchase, index, time }, (click) => send('clicks', click))
      : time;
    new OrderStory({ random, purchase, index, time: end }).tell(send);
  }
  yield* arrivals.until(Number.POSITIVE_INFINITY);
}

function delay(random: Random): number {
  return random.chance(LATE_SHARE) ? random.whole(0, MOST_LATE_MS) : random.whole(0, USUAL_DELAY_MS);
}
