import {
  count,
  filter,
  filterNot,
  groupByKey,
  integer,
  mapValues,
  suppress,
  to,
  toStream,
  toTable,
  transformValues,
  tumbling,
  untilTimeLimit,
  untilWindowCloses,
  windowedBy,
} from '../../../src/index.ts';
import { order } from '../input-topics.ts';
import type { OperatorCases } from '../operator-case.ts';
import { asOrders, lastOrders, orders } from './sources.ts';

const over = 'baseline/table';
const versioned = { retentionMs: 60_000 };

export const tables = {
  'filter/table': {
    build: (flow) =>
      lastOrders(flow).pipe(
        filter((order) => order.cents >= 0),
        to('out'),
      ),
    over,
  },
  'filter/stored-table': {
    build: (flow) =>
      lastOrders(flow).pipe(
        filter((order) => order.cents >= 0, { store: 'kept' }),
        to('out'),
      ),
    over,
  },
  'filter-not/table': {
    build: (flow) =>
      lastOrders(flow).pipe(
        filterNot((order) => order.cents < 0),
        to('out'),
      ),
    over,
  },
  'map-values/table': {
    build: (flow) =>
      lastOrders(flow).pipe(
        mapValues((order) => ({ ...order })),
        to('out', asOrders),
      ),
    over,
  },
  'map-values/stored-table': {
    build: (flow) =>
      lastOrders(flow).pipe(
        mapValues((order) => ({ ...order }), { store: 'kept', value: order }),
        to('out', asOrders),
      ),
    over,
  },
  'to-table': { build: (flow) => orders(flow).pipe(toTable('rows'), to('out')) },
  'to-table/versioned': { build: (flow) => orders(flow).pipe(toTable('rows', { versioned }), to('out')) },
  'to-stream': { build: (flow) => lastOrders(flow).pipe(toStream(), to('out')), over },
  'transform-values': {
    build: (flow) =>
      lastOrders(flow).pipe(
        transformValues({ store: 'transformed', value: integer(), init: () => (order) => order?.cents ?? null }),
        to('out'),
      ),
    over,
  },
  'suppress/time-limit': {
    build: (flow) => lastOrders(flow).pipe(suppress('held', untilTimeLimit(30_000)), to('out')),
    over,
  },
  'suppress/window-closes': {
    build: (flow) =>
      orders(flow).pipe(
        groupByKey(),
        windowedBy(tumbling(60_000, { grace: 5_000 })),
        count('per-minute'),
        suppress('final', untilWindowCloses()),
        to('out'),
      ),
    keys: 1_000,
    over: 'tumbling',
  },
} satisfies OperatorCases;
