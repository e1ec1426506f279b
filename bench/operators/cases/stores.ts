import { integer, processValues, rowsOf, sessionStore, to, versionedStore, windowStore } from '../../../src/index.ts';
import { id } from '../input-topics.ts';
import type { OperatorCases } from '../operator-case.ts';
import { catalogue, orders } from './sources.ts';

const MINUTE_MS = 60_000;
const as = { key: id, value: integer(), retention: 10 * MINUTE_MS };
const perMinute = windowStore('per-minute', as);
const visits = sessionStore('visits', as);
const spent = versionedStore('spent', as);

/** Stores of processors: each record is read for and written. */
export const stores = {
  'window-store': {
    build: (flow) =>
      orders(flow).pipe(
        processValues({
          stores: [perMinute],
          init:
            ({ stores: { 'per-minute': counts }, forward }) =>
            ({ key, value, timestamp }) => {
              const start = timestamp - (timestamp % MINUTE_MS);
              counts.put(key, (counts.fetch(key, start, start)[0]?.value ?? 0) + 1, start);
              forward(value);
            },
        }),
        to('out'),
      ),
  },
  'session-store': {
    build: (flow) =>
      orders(flow).pipe(
        processValues({
          stores: [visits],
          init:
            ({ stores: { visits: sessions }, forward }) =>
            ({ key, value, timestamp }) => {
              const [visit] = sessions.fetch(key, timestamp - MINUTE_MS, timestamp);
              if (visit !== undefined) sessions.put(key, null, visit.start, visit.end);
              sessions.put(key, (visit?.value ?? 0) + 1, visit?.start ?? timestamp, timestamp);
              forward(value);
            },
        }),
        to('out'),
      ),
  },
  'versioned-store': {
    build: (flow) =>
      orders(flow).pipe(
        processValues({
          stores: [spent],
          init:
            ({ stores: { spent: versions }, forward }) =>
            ({ key, value, timestamp }) => {
              versions.put(key, (versions.get(key, timestamp)?.value ?? 0) + value.cents);
              forward(value);
            },
        }),
        to('out'),
      ),
  },
  'rows-of': {
    build: (flow) =>
      orders(flow).pipe(
        processValues({
          stores: [rowsOf('catalogue', catalogue(flow))],
          init:
            ({ stores: { catalogue: rows }, forward }) =>
            ({ value }) => {
              if (rows.get(value.product_id) !== undefined) forward(value);
            },
        }),
        to('out'),
      ),
  },
} satisfies OperatorCases;
