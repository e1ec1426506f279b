/** Checked by `tsc`, never run: a topology of twenty steps in one chain. `compiler.e2e.test.ts` pins what that costs. */
import {
  avro,
  count,
  type Flow,
  filter,
  flatMap,
  flatMapValues,
  groupBy,
  groupByKey,
  integer,
  join,
  type KTable,
  map,
  mapValues,
  peek,
  processValues,
  repartition,
  selectKey,
  store,
  string,
  suppress,
  to,
  toStream,
  tumbling,
  untilWindowCloses,
  windowedBy,
} from '../../src/index.ts';

const Order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'order_id', type: 'string' },
    { name: 'user_id', type: 'string' },
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
            { name: 'unit_cents', type: 'long' },
          ],
        },
      },
    },
    { name: 'coupon', type: ['null', 'string'], default: null },
  ],
} as const;

export function twentySteps(flow: Flow): KTable<string, number> {
  const users: KTable<string, string> = flow.table('users', { key: string(), value: string(), name: 'users' });
  const result = flow.stream('orders', { key: string(), value: avro(Order) }).pipe(
    filter((order) => order.items.length > 0),
    peek((order) => order.order_id),
    selectKey((order) => order.user_id),
    join(users, (order, user) => ({ ...order, user }), { name: 'with-user', key: string(), value: avro(Order) }),
    flatMapValues((order) => order.items.map((item) => ({ ...item, user: order.user, coupon: order.coupon }))),
    filter((item) => item.quantity > 0 && item.user.length > 0),
    map((item) => [item.product_id, item.quantity * item.unit_cents]),
    repartition('by-product', { key: string(), value: integer() }),
    processValues({
      stores: [store('largest', integer())],
      init:
        ({ stores: { largest }, forward }) =>
        ({ key, value }) => {
          largest.put(key, Math.max(value, largest.get(key) ?? 0));
          forward(value);
        },
    }),
    groupByKey(),
    windowedBy(tumbling(60_000, { grace: 1000 })),
    store('cents', integer()).aggregate({ initial: () => 0, add: (sum, cents) => sum + cents }),
    suppress('final-cents', untilWindowCloses()),
    toStream((_, window) => window.key),
    flatMap((cents, product) => (cents === null ? [] : [[product, cents] as const])),
    mapValues((cents, product) => `${product}: ${cents.toFixed(2)}`),
    groupBy('by-first', (text) => text.slice(0, 1), { key: string(), value: string() }),
    count('lines'),
    filter((n, first) => n > 1 && first !== ''),
    mapValues((n) => n * 2),
  );
  result.pipe(to('out', { value: integer() }));
  return result;
}
