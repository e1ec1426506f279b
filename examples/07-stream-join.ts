/**
 * Joins two streams within a window of time: an order with a payment that comes up to an hour after it. An order that
 * is not paid by then comes out alone, once its hour and the grace are over.
 *
 *     npx node examples/07-stream-join.ts         # the records below, in the test driver
 *     npx millrace run examples/07-stream-join.ts # the topics orders and payments of a log, until it is stopped
 *
 * Elsewhere import from 'millrace' and 'millrace/testing'.
 *
 * Prints:
 *     a lamp: cash, at minute 30
 *     a chair: not paid, at minute 10
 */
import { argv } from 'node:process';
import { leftJoin, string, to, topology } from '../src/index.ts';
import { TopologyTestDriver } from '../src/testing/index.ts';

const MINUTE = 60_000;

export const paid = topology('paid-in-time', (flow) => {
  const orders = flow.stream('orders', { key: string(), value: string() });
  const payments = flow.stream('payments', { key: string(), value: string() });
  orders.pipe(
    leftJoin(payments, (order, payment) => `${order}: ${payment ?? 'not paid'}`, {
      name: 'paid-in-time',
      before: 0,
      after: 60 * MINUTE,
      grace: 5 * MINUTE,
    }),
    to('paid-in-time', { value: string() }),
  );
});

if (argv[1] === import.meta.filename) {
  const driver = await TopologyTestDriver.open(paid);
  const orders = await driver.input('orders', { key: string(), value: string() });
  const payments = await driver.input('payments', { key: string(), value: string() });
  const output = await driver.output('paid-in-time', { key: string(), value: string() });
  orders.pipe('o1', 'a lamp', { timestamp: 0 });
  orders.pipe('o2', 'a chair', { timestamp: 10 * MINUTE });
  payments.pipe('o1', 'cash', { timestamp: 30 * MINUTE });
  payments.pipe('o2', 'card', { timestamp: 71 * MINUTE });
  orders.pipe('o3', 'a table', { timestamp: 76 * MINUTE });
  for (const { value, timestamp } of output.readAll()) console.log(`${value}, at minute ${timestamp / MINUTE}`);
}
