import {
  filter,
  filterNot,
  flatMap,
  flatMapValues,
  forEach,
  map,
  mapValues,
  merge,
  peek,
  print,
  repartition,
  rx,
  selectKey,
  split,
  to,
} from '../../../src/index.ts';
import type { OperatorCases } from '../operator-case.ts';
import { asOrders, orders } from './sources.ts';

export const stateless = {
  filter: {
    build: (flow) =>
      orders(flow).pipe(
        filter((order) => order.cents >= 0),
        to('out'),
      ),
  },
  'filter-not': {
    build: (flow) =>
      orders(flow).pipe(
        filterNot((order) => order.cents < 0),
        to('out'),
      ),
  },
  'map-values': { build: (flow) => orders(flow).pipe(mapValues(doubled), to('out', asOrders)) },
  map: {
    build: (flow) =>
      orders(flow).pipe(
        map((order, key) => [key, doubled(order)]),
        to('out', asOrders),
      ),
  },
  'flat-map-values': {
    build: (flow) =>
      orders(flow).pipe(
        flatMapValues((order) => [order]),
        to('out', asOrders),
      ),
  },
  'flat-map': {
    build: (flow) =>
      orders(flow).pipe(
        flatMap((order, key) => [[key, order]]),
        to('out', asOrders),
      ),
  },
  'select-key': {
    build: (flow) =>
      orders(flow).pipe(
        selectKey((order) => order.user_id),
        to('out', asOrders),
      ),
  },
  merge: {
    build: (flow) => {
      const { some, others } = orders(flow).pipe(split({ some: (order) => order.cents < 50_000 }, 'others'));
      some.pipe(merge(others), to('out'));
    },
    over: 'split',
  },
  split: {
    build: (flow) => {
      const { some, others } = orders(flow).pipe(split({ some: (order) => order.cents < 50_000 }, 'others'));
      some.pipe(to('out'));
      others.pipe(to('out'));
    },
  },
  peek: { build: (flow) => orders(flow).pipe(peek(nothing), to('out')) },
  'for-each': { build: (flow, seen) => orders(flow).pipe(forEach(seen)) },
  print: { build: (flow, seen) => orders(flow).pipe(print('order', { write: seen })) },
  rx: {
    build: (flow) =>
      orders(flow).pipe(
        rx('same', (records) => records, { volatile: false }),
        to('out', asOrders),
      ),
  },
  to: { build: (flow) => orders(flow).pipe(to('out')) },
  'to/chosen-topic': { build: (flow) => orders(flow).pipe(to((record) => topicOf(record.value.cents))) },
  'to/partitioner': { build: (flow) => orders(flow).pipe(to('out', { partitioner: () => 0 })) },
  repartition: { build: (flow) => orders(flow).pipe(repartition('again'), to('out')) },
} satisfies OperatorCases;

const topicOf = (cents: number): string => (cents < 50_000 ? 'out' : 'more-out');

const nothing = (): void => {};

function doubled<T extends { readonly cents: number }>(order: T): T {
  return { ...order, cents: order.cents * 2 };
}
