import {
  forEachAsync,
  integer,
  keyValueStore,
  mapAsync,
  process,
  processValues,
  store,
  to,
} from '../../../src/index.ts';
import { id } from '../input-topics.ts';
import type { OperatorCases } from '../operator-case.ts';
import { asOrders, orders } from './sources.ts';

const seenOrders = store('seen', integer());
const perProduct = keyValueStore('per-product', { key: id, value: integer() });

export const processors = {
  process: {
    build: (flow, seen) =>
      orders(flow).pipe(
        process({
          stores: [seenOrders],
          init: ({ stores: { seen: counts }, schedule, forward }) => {
            schedule('streamTime', 1_000, seen);
            return (record) => {
              counts.put(record.key, (counts.get(record.key) ?? 0) + 1);
              forward(record);
            };
          },
        }),
        to('out'),
      ),
  },
  'process/no-store': {
    build: (flow) => orders(flow).pipe(process({ init: ({ forward }) => forward }), to('out')),
  },
  'process-values': {
    build: (flow) =>
      orders(flow).pipe(
        processValues({
          stores: [seenOrders],
          init:
            ({ stores: { seen: counts }, forward }) =>
            ({ key, value }) => {
              counts.put(key, (counts.get(key) ?? 0) + 1);
              forward(value);
            },
        }),
        to('out'),
      ),
  },
  'key-value-store': {
    build: (flow) =>
      orders(flow).pipe(
        processValues({
          stores: [perProduct],
          init:
            ({ stores: { 'per-product': counts }, forward }) =>
            ({ value }) => {
              counts.put(value.product_id, (counts.get(value.product_id) ?? 0) + 1);
              forward(value);
            },
        }),
        to('out'),
      ),
  },
  'map-async': {
    build: (flow) =>
      orders(flow).pipe(
        mapAsync('later', async (order) => order),
        to('out', asOrders),
      ),
  },
  'for-each-async': {
    build: (flow, seen) => orders(flow).pipe(forEachAsync('later', async () => seen())),
  },
} satisfies OperatorCases;
