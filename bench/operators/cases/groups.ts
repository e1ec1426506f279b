import { count, groupBy, groupByKey, integer, reduce, store, to } from '../../../src/index.ts';
import { id, order } from '../input-topics.ts';
import type { OperatorCases } from '../operator-case.ts';
import { lastOrders, orders, payments } from './sources.ts';

const cents = store('cents', integer());
const initial = (): number => 0;
const add = (sum: number, of: { readonly cents: number }): number => sum + of.cents;
const subtract = (sum: number, of: { readonly cents: number }): number => sum - of.cents;
/** Of two values the one that costs more. */
const larger = <T extends { readonly cents: number }>(a: T, b: T): T => (a.cents < b.cents ? b : a);

export const groups = {
  'group-by-key': { build: (flow) => orders(flow).pipe(groupByKey(), count('orders-per-key'), to('out')) },
  'group-by': {
    build: (flow) =>
      orders(flow).pipe(
        groupBy('by-user', (order) => order.user_id, { key: id }),
        count('orders-per-user'),
        to('out'),
      ),
    over: 'group-by-key',
  },
  'group-by/table': {
    build: (flow) =>
      lastOrders(flow).pipe(
        groupBy('by-product', (order) => order.product_id, { key: id }),
        count('orders-per-product'),
        to('out'),
      ),
    over: 'baseline/table',
  },
  count: { build: (flow) => orders(flow).pipe(groupByKey(), count('counts'), to('out')) },
  'count/emit-update': {
    build: (flow) => orders(flow).pipe(groupByKey(), count('counts'), to('out')),
    settings: { emit: 'update' },
  },
  reduce: { build: (flow) => orders(flow).pipe(groupByKey(), reduce('largest', { add: larger }), to('out')) },
  'reduce/table': {
    build: (flow) =>
      lastOrders(flow).pipe(
        groupBy('by-product', (order) => order.product_id, { key: id }),
        reduce('largest', { add: larger, subtract: (sofar) => sofar, value: order }),
        to('out'),
      ),
    over: 'baseline/table',
  },
  'store/aggregate': {
    build: (flow) => orders(flow).pipe(groupByKey(), cents.aggregate({ initial, add }), to('out')),
  },
  'store/aggregate-table': {
    build: (flow) =>
      lastOrders(flow).pipe(
        groupBy('by-product', (order) => order.product_id, { key: id }),
        cents.aggregate({ initial, add, subtract }),
        to('out'),
      ),
    over: 'baseline/table',
  },
  'store/cogroup': {
    build: (flow) => {
      const ordered = cents.on(orders(flow).pipe(groupByKey()), add);
      const paid = cents.on(payments(flow).pipe(groupByKey()), subtract);
      cents.cogroup(initial, ordered, paid).pipe(to('out'));
    },
    inputs: { orders: 1, payments: 1 },
  },
} satisfies OperatorCases;
