/** What the examples of doc comments and of the documentation take for granted, beside Millrace's own exports. */
import { pino } from 'pino';
import { avro, type Flow, type Infer, integer, type Log, string, type Topology } from '../../src/index.ts';
import type { Registry } from '../../src/serde/registry/registry.ts';

/** Orders, by order. */
export const Order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'user_id', type: 'string' },
    { name: 'country', type: 'string' },
    { name: 'total_cents', type: 'long' },
    {
      name: 'items',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Item',
          fields: [
            { name: 'product_id', type: 'string' },
            { name: 'quantity', type: 'int' },
          ],
        },
      },
    },
  ],
} as const;
export type Order = Infer<typeof Order>;

/** Payments, by order. */
export const Payment = { type: 'record', name: 'Payment', fields: [{ name: 'amount_cents', type: 'long' }] } as const;

/** Users, by user. */
export const User = { type: 'record', name: 'User', fields: [{ name: 'country', type: 'string' }] } as const;

/** Countries, by code. */
export const Country = { type: 'record', name: 'Country', fields: [{ name: 'vat', type: 'int' }] } as const;

/** The streams and tables of the topology that an example is a part of: each a topic of its name. */
export const sources = {
  orders: (flow: Flow) => flow.stream('orders', { key: string(), value: avro(Order) }),
  payments: (flow: Flow) => flow.stream('payments', { key: string(), value: avro(Payment) }),
  /** What users paid, in cents, by user. */
  amounts: (flow: Flow) => flow.stream('amounts', { key: string(), value: integer() }),
  /** Which page a user looked at, by user. */
  clicks: (flow: Flow) => flow.stream('clicks', { key: string(), value: string() }),
  users: (flow: Flow) => flow.table('users', { key: string(), value: avro(User), name: 'users' }),
  countries: (flow: Flow) => flow.globalTable('countries', { key: string(), value: avro(Country), name: 'countries' }),
  /** Cents, by product. */
  prices: (flow: Flow) => flow.table('prices', { key: string(), value: integer(), name: 'prices' }),
  /** Pieces, by product. */
  stock: (flow: Flow) => flow.table('stock', { key: string(), value: integer(), name: 'stock' }),
};

/** What a program has opened before, or been given. Examples that use it are compiled, not run. */
export declare const log: Log;
export declare const registry: Registry;
export declare const spending: Topology;

export const logger = pino({ enabled: false });

/** Any call to the outside. */
export async function lookUp(user: string, _signal: AbortSignal): Promise<{ readonly name: string }> {
  return { name: user.toUpperCase() };
}

/** Any call to the outside that gives nothing. */
export async function sendMail(_to: string, _text: string): Promise<void> {}
