/**
 * Sums orders by user. The type of a value is inferred from its Avro schema; the store of the totals is a table with
 * these columns in the state file.
 *
 *     npx node examples/03-totals-per-user.ts         # the records below, in the test driver
 *     npx millrace run examples/03-totals-per-user.ts # the topic orders of a log, until it is stopped
 *
 * Elsewhere import from 'millrace' and 'millrace/testing'.
 *
 * Prints:
 *     ann {"orders":2,"cents":2000}
 *     bob {"orders":1,"cents":500}
 */
import { argv } from 'node:process';
import { avro, groupBy, store, string, to, topology } from '../src/index.ts';
import { TopologyTestDriver } from '../src/testing/index.ts';

const Order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'user', type: 'string' },
    { name: 'cents', type: 'long' },
  ],
} as const;
const Total = {
  type: 'record',
  name: 'Total',
  fields: [
    { name: 'orders', type: 'int' },
    { name: 'cents', type: 'long' },
  ],
} as const;

export const totals = topology('totals', (flow) => {
  flow.stream('orders', { key: string(), value: avro(Order) }).pipe(
    groupBy('orders-by-user', (order) => order.user, { key: string() }),
    store('totals', avro(Total)).aggregate({
      initial: () => ({ orders: 0, cents: 0 }),
      add: (total, order) => ({ orders: total.orders + 1, cents: total.cents + order.cents }),
    }),
    to('totals'),
  );
});

if (argv[1] === import.meta.filename) {
  const driver = await TopologyTestDriver.open(totals);
  const orders = await driver.input('orders', { key: string(), value: avro(Order) });
  orders.pipe('o1', { user: 'ann', cents: 1999 });
  orders.pipe('o2', { user: 'bob', cents: 500 });
  orders.pipe('o3', { user: 'ann', cents: 1 });
  for (const { key, value } of driver.store('totals').range()) console.log(key, JSON.stringify(value));
}
