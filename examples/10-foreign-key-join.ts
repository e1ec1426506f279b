/**
 * Joins two tables where a row of one names the row of the other: each order with its customer. A change on either
 * side makes the result anew, of a customer for all of its orders, wherever the rows lie.
 *
 *     npx node examples/10-foreign-key-join.ts         # the records below, in the test driver
 *     npx millrace run examples/10-foreign-key-join.ts # the topics orders and customers of a log, until it is stopped
 *
 * Elsewhere import from 'millrace' and 'millrace/testing'.
 *
 * Prints:
 *     o1: lamp for ann in Rome
 *     o2: chair for ann in Rome
 *     o1: lamp for ann in Oslo
 *     o2: chair for ann in Oslo
 *     o1: null
 */
import { argv } from 'node:process';
import { avro, foreignKeyJoin, string, to, topology } from '../src/index.ts';
import { TopologyTestDriver } from '../src/testing/index.ts';

const Order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'customer', type: 'string' },
    { name: 'item', type: 'string' },
  ],
} as const;

export const labels = topology('labels', (flow) => {
  const customers = flow.table('customers', { name: 'customers', key: string(), value: string() });
  flow.table('orders', { name: 'orders', key: string(), value: avro(Order) }).pipe(
    foreignKeyJoin(
      customers,
      (order) => order.customer,
      (order, city) => `${order.item} for ${order.customer} in ${city}`,
      { name: 'labels', value: string() },
    ),
    to('labels'),
  );
});

if (argv[1] === import.meta.filename) {
  const driver = await TopologyTestDriver.open(labels);
  const customers = await driver.input('customers', { key: string(), value: string() });
  const orders = await driver.input('orders', { key: string(), value: avro(Order) });
  const output = await driver.output('labels', { key: string(), value: string() });
  orders.pipe('o1', { customer: 'ann', item: 'lamp' });
  customers.pipe('ann', 'Rome');
  orders.pipe('o2', { customer: 'ann', item: 'chair' });
  customers.pipe('ann', 'Oslo');
  orders.pipe('o1', null);
  for (const { key, value } of output.readAll()) console.log(`${key}: ${value}`);
}
