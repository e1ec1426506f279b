import type { OrderItem } from './events.ts';
import type { Random } from './random.ts';

const PRODUCTS = 500;
/** A few customers and products make up much of the trade. */
const SKEW = 2.5;

/** Who orders what. */
export interface Purchase {
  readonly user: string;
  readonly items: OrderItem[];
}

/** The customers and goods of a simulated shop. */
export class SimulatedShop {
  readonly #random: Random;
  readonly #users: number;
  readonly #prices: readonly number[];

  constructor(random: Random, users: number) {
    this.#random = random;
    this.#users = users;
    this.#prices = Array.from({ length: PRODUCTS }, () => price(random));
  }

  user(): string {
    return numbered('user', this.#skewed(this.#users));
  }

  product(): string {
    return numbered('product', this.#skewed(PRODUCTS));
  }

  /** One to five items. */
  basket(): OrderItem[] {
    return Array.from({ length: Math.min(5, 1 + this.#random.wait(0.7)) }, () => this.#item());
  }

  #item(): OrderItem {
    const index = this.#skewed(PRODUCTS);
    const quantity = this.#random.chance(0.8) ? 1 : this.#random.whole(2, 4);
    return { product_id: numbered('product', index), quantity, unit_cents: this.#prices[index] ?? 0 };
  }

  #skewed(count: number): number {
    return Math.floor(this.#random.next() ** SKEW * count);
  }
}

/** `order-0000042`: as long for all, so that they sort by their number. */
export function numbered(kind: string, index: number): string {
  return `${kind}-${String(index).padStart(7, '0')}`;
}

/** Mostly tens of euros, few below two and few above five hundred; ends in 99 or 50 or anything. */
function price(random: Random): number {
  const euros = 2 + random.wait(60);
  return euros * 100 + random.pick([99, 99, 50, 0, random.whole(1, 98)]) - (random.chance(0.5) ? 100 : 0);
}
