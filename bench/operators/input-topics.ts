import { avro, string } from '../../src/index.ts';
import type { Serde, SerdeUse } from '../../src/serde/serde.ts';

const text = <const N extends string>(name: N) => ({ name, type: 'string' }) as const;
const long = <const N extends string>(name: N) => ({ name, type: 'long' }) as const;

const Order = {
  type: 'record',
  name: 'Order',
  fields: [text('user_id'), text('product_id'), { name: 'quantity', type: 'int' }, long('cents'), long('placed_at')],
} as const;
const Payment = { type: 'record', name: 'Payment', fields: [text('method'), long('cents')] } as const;
const User = { type: 'record', name: 'User', fields: [text('name'), text('country')] } as const;
const Product = { type: 'record', name: 'Product', fields: [text('title'), long('cents')] } as const;

export const id = string();
export const order = avro(Order);
export const payment = avro(Payment);
export const user = avro(User);
export const product = avro(Product);

export const PRODUCTS = 500;
/** From one record to the next, ms. */
export const STEP_MS = 10;
/** One record in twenty is late, by less than this, ms. */
export const LATE_MS = 1000;

/** A fraction of 1 that is the same in every run. */
export type Chance = () => number;

/** Makes the value of the key number `n`, as bytes that the next call may overwrite. */
export type Encode = (n: number, at: number, chance: Chance) => Buffer;

interface Topic {
  /** How many different keys there are, of so many users. */
  readonly keys: (users: number) => number;
  readonly keyOf: (n: number) => string;
  readonly open: (use: SerdeUse) => Promise<Encode>;
  /** Every key is there before the first round. */
  readonly loaded: boolean;
}

const userId = (n: number): string => `user-${String(n).padStart(7, '0')}`;
const productId = (n: number): string => `product-${String(n).padStart(5, '0')}`;
const any = (chance: Chance, of: number): number => Math.floor(chance() * of);
const byUser = { keys: (users: number) => users, keyOf: userId };

/** What the cases read. */
export const inputTopics = {
  orders: {
    ...byUser,
    open: encoding(order, (n, at, chance) => ({
      user_id: userId(n),
      product_id: productId(any(chance, PRODUCTS)),
      quantity: 1 + any(chance, 5),
      cents: any(chance, 100_000),
      placed_at: at,
    })),
    loaded: false,
  },
  payments: {
    ...byUser,
    open: encoding(payment, (_, __, chance) => ({
      method: chance() < 0.5 ? 'card' : 'transfer',
      cents: any(chance, 100_000),
    })),
    loaded: false,
  },
  users: {
    ...byUser,
    open: encoding(user, (n, _, chance) => ({ name: `name of ${n}`, country: chance() < 0.5 ? 'DE' : 'PT' })),
    loaded: true,
  },
  products: {
    keys: () => PRODUCTS,
    keyOf: productId,
    open: encoding(product, (n, _, chance) => ({ title: `title of ${n}`, cents: any(chance, 100_000) })),
    loaded: true,
  },
} as const satisfies Record<string, Topic>;

export type InputTopic = keyof typeof inputTopics;

/** Its rows are read before the first record of any other topic. */
export const GLOBAL_TOPIC = 'catalogue';

function encoding<V>(serde: Serde<V>, value: (n: number, at: number, chance: Chance) => V): Topic['open'] {
  return async (use) => {
    const codec = await serde.open(use);
    return (n, at, chance) => codec.encode(value(n, at, chance));
  };
}
