import type { Click } from '../topologies/schemas/click.ts';
import type { Random } from './random.ts';
import { numbered, type Purchase, type SimulatedShop } from './simulated-shop.ts';

const PAGES = ['/', '/search', '/offers', '/help'] as const;
const MEAN_READING_MS = 20_000;

interface Visit {
  readonly random: Random;
  readonly shop: SimulatedShop;
  readonly purchase: Purchase;
  readonly index: number;
  /** When it begins, ms. */
  readonly time: number;
}

/**
 * The clicks of the session that leads to a purchase, and of some who only look around meanwhile. Gives the time of the
 * purchase.
 */
export function simulatedVisit(visit: Visit, send: (click: Click) => void): number {
  const { random, shop, purchase, index, time } = visit;
  const id = numbered('session', index);
  for (let other = 1; random.chance(0.4); other++) {
    const seen = Array.from({ length: random.whole(0, 3) }, () => shop.product());
    browse({ random, user: shop.user(), id: `${id}-${other}`, time }, seen, send);
  }
  const bought = purchase.items.map(({ product_id }) => product_id);
  return browse({ random, user: purchase.user, id: `${id}-0`, time }, bought, send);
}

interface Session {
  readonly random: Random;
  readonly user: string;
  readonly id: string;
  readonly time: number;
}

/** Some pages, then each product, viewed and perhaps clicked. Gives the time after the last page. */
function browse(session: Session, products: readonly string[], send: (click: Click) => void): number {
  const { random, user, id } = session;
  let { time } = session;
  const add = (kind: Click['kind'], page: string, product_id: string | null): void => {
    send({ session_id: id, user_id: user, kind, page, product_id, timestamp: time });
    time += 500 + random.wait(MEAN_READING_MS);
  };
  for (let pages = random.whole(1, 3); pages > 0; pages--) add('VIEW', random.pick(PAGES), null);
  for (const product of products) {
    add('VIEW', `/products/${product}`, product);
    if (random.chance(0.6)) add('CLICK', `/products/${product}`, product);
  }
  return time;
}
