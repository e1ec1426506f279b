/** How the cases read and write; the serdes are made once, as in a program of a user. */
import type { Flow } from '../../../src/index.ts';
import { GLOBAL_TOPIC, id, order, payment, product, user } from '../input-topics.ts';

export const orders = (flow: Flow) => flow.stream('orders', { key: id, value: order });
export const payments = (flow: Flow) => flow.stream('payments', { key: id, value: payment });
/** The last order of each user. */
export const lastOrders = (flow: Flow) => flow.table('orders', { name: 'last-orders', key: id, value: order });
export const users = (flow: Flow) => flow.table('users', { name: 'users', key: id, value: user });
export const products = (flow: Flow) => flow.table('products', { name: 'products', key: id, value: product });
export const catalogue = (flow: Flow) => flow.globalTable(GLOBAL_TOPIC, { name: 'catalogue', key: id, value: product });

/** Values of orders under text keys. */
export const asOrders = { key: id, value: order };
