import {
  type Flow,
  foreignKeyJoin,
  foreignKeyLeftJoin,
  foreignKeyOuterJoin,
  join,
  leftJoin,
  outerJoin,
  to,
} from '../../../src/index.ts';
import { id, order, payment } from '../input-topics.ts';
import type { Inputs, OperatorCase, OperatorCases } from '../operator-case.ts';
import { asOrders, catalogue, lastOrders, orders, payments, products, users } from './sources.ts';

type Priced = { readonly cents: number };
const cheaper = <T extends Priced>(left: T, right: Priced | null): T => ({
  ...left,
  cents: Math.min(left.cents, right?.cents ?? left.cents),
});
const nothing = { user_id: '', product_id: '', quantity: 0, cents: 0, placed_at: 0 };
const oneOf = <T>(left: T | null): T | typeof nothing => left ?? nothing;
const same = <T>(left: T): T => left;

/** A record has one partner or so. */
const near = { name: 'pairs', within: 5_000, grace: 1_000 };
const both = { orders: 1, payments: 1 };
const withUsers = { orders: 9, users: 1 };
const withProducts = { orders: 99, products: 1 };
const keys = 1_000;

const lastPayments = (flow: Flow) =>
  flow.table('payments', { name: 'payments', key: id, value: payment, versioned: { retentionMs: 60_000 } });

/** The row of the product, by what the order says. */
const byProduct = (of: { readonly product_id: string }): string => of.product_id;
const joined = { name: 'priced', value: order };

const self = {
  build: (flow: Flow) => {
    const stream = orders(flow);
    stream.pipe(join(stream, cheaper, near), to('out', asOrders));
  },
  keys,
};

export const joins = {
  join: {
    build: (flow) => orders(flow).pipe(join(payments(flow), cheaper, near), to('out', asOrders)),
    inputs: both,
    keys,
  },
  'join/self': self,
  'join/self-one-store': { ...self, optimization: 'all' },
  'join/table': { build: (flow) => orders(flow).pipe(join(users(flow), same), to('out', asOrders)), inputs: withUsers },
  'join/versioned-table': {
    build: (flow) => orders(flow).pipe(join(lastPayments(flow), cheaper), to('out', asOrders)),
    inputs: both,
    keys,
  },
  'join/versioned-table-grace': {
    build: (flow) =>
      orders(flow).pipe(join(lastPayments(flow), cheaper, { name: 'waiting', grace: 2_000 }), to('out', asOrders)),
    inputs: both,
    keys,
    over: 'join/versioned-table',
  },
  'join/global-table': {
    build: (flow) => orders(flow).pipe(join(catalogue(flow), byProduct, cheaper), to('out', asOrders)),
  },
  'join/tables': overTable((flow) => lastOrders(flow).pipe(join(users(flow), same), to('out', asOrders)), withUsers),
  'join/tables-stored': overTable(
    (flow) => lastOrders(flow).pipe(join(users(flow), same, { store: 'joined', value: order }), to('out', asOrders)),
    withUsers,
  ),
  'left-join': {
    build: (flow) => orders(flow).pipe(leftJoin(payments(flow), cheaper, near), to('out', asOrders)),
    inputs: both,
    keys,
  },
  'left-join/table': {
    build: (flow) => orders(flow).pipe(leftJoin(users(flow), same), to('out', asOrders)),
    inputs: withUsers,
  },
  'left-join/global-table': {
    build: (flow) => orders(flow).pipe(leftJoin(catalogue(flow), byProduct, cheaper), to('out', asOrders)),
  },
  'left-join/tables': overTable(
    (flow) => lastOrders(flow).pipe(leftJoin(users(flow), same), to('out', asOrders)),
    withUsers,
  ),
  'outer-join': {
    build: (flow) => orders(flow).pipe(outerJoin(payments(flow), oneOf, near), to('out', asOrders)),
    inputs: both,
    keys,
  },
  'outer-join/tables': overTable(
    (flow) => lastOrders(flow).pipe(outerJoin(users(flow), oneOf), to('out', asOrders)),
    withUsers,
  ),
  'foreign-key-join': overTable(
    (flow) => lastOrders(flow).pipe(foreignKeyJoin(products(flow), byProduct, cheaper, joined), to('out')),
    withProducts,
  ),
  'foreign-key-join/left': overTable(
    (flow) => lastOrders(flow).pipe(foreignKeyLeftJoin(products(flow), byProduct, cheaper, joined), to('out')),
    withProducts,
  ),
  'foreign-key-join/outer': overTable(
    (flow) =>
      lastOrders(flow).pipe(
        foreignKeyOuterJoin(products(flow), byProduct, oneOf, { ...joined, unmatchedKey: (key) => `: ${key}` }),
        to('out'),
      ),
    withProducts,
  ),
} satisfies OperatorCases;

function overTable(build: OperatorCase['build'], inputs: Inputs): OperatorCase {
  return { build, inputs, over: 'baseline/table' };
}
