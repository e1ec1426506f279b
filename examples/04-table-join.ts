/**
 * Joins a stream with a table: each order finds the row that its customer has at that moment. Both lie in partitions
 * by user, so the orders go through a topic of that key first.
 *
 *     npx node examples/04-table-join.ts         # the records below, in the test driver
 *     npx millrace run examples/04-table-join.ts # the topics orders and users of a log, until it is stopped
 *
 * Elsewhere import from 'millrace' and 'millrace/testing'.
 *
 * Prints:
 *     ANN LAMP TO ROME
 *     ANN TABLE TO OSLO
 */
import { argv } from 'node:process';
import { join, mapValues, selectKey, string, to, topology } from '../src/index.ts';
import { TopologyTestDriver } from '../src/testing/index.ts';
export const addressed = topology('addressed', (flow) => {
  const users = flow.table('users', { name: 'users', key: string(), value: string() });
  // Of the form `user item`.
  flow.stream('orders', { key: string(), value: string() }).pipe(
    selectKey((order) => order.split(' ')[0] ?? ''),
    join(users, (order, city) => `${order} to ${city}`, { name: 'orders-by-user', key: string() }),
    mapValues((text) => text.toUpperCase()),
    to('addressed', { value: string() }),
  );
});

if (argv[1] === import.meta.filename) {
  const driver = await TopologyTestDriver.open(addressed);
  const users = await driver.input('users', { key: string(), value: string() });
  const orders = await driver.input('orders', { key: string(), value: string() });
  const output = await driver.output('addressed', { key: string(), value: string() });
  users.pipe('ann', 'Rome');
  orders.pipe('o1', 'ann lamp');
  orders.pipe('o2', 'bob chair');
  users.pipe('ann', 'Oslo');
  orders.pipe('o3', 'ann table');
  for (const { value } of output.readAll()) console.log(value);
}
