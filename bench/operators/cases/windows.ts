import {
  calendar,
  count,
  countWindows,
  type Flow,
  forEach,
  groupByKey,
  hopping,
  integer,
  session,
  sliding,
  store,
  to,
  tumbling,
  unlimited,
  type WindowOptions,
  windowedBy,
} from '../../../src/index.ts';
import type { Windows } from '../../../src/topology/windows.ts';
import type { OperatorCases } from '../operator-case.ts';
import { orders, payments } from './sources.ts';

const grace = 5_000;
const minute = tumbling(60_000, { grace });
const cents = store('cents', integer());
const add = (sum: number, of: { readonly cents: number }): number => sum + of.cents;

export const windows = {
  tumbling: counted(minute),
  hopping: counted(hopping(60_000, { advance: 20_000, grace })),
  session: counted(session(5_000, { grace })),
  sliding: counted(sliding(20_000, { grace })),
  unlimited: counted(unlimited()),
  calendar: counted(calendar('day', { timeZone: 'Europe/Berlin', grace })),
  'count-windows': counted(countWindows(10)),
  'windowed-by/emit-update': counted(minute, { emit: 'update' }),
  'windowed-by/window-close': counted(minute, { emit: 'windowClose' }),
  'windowed-by/window-close-hopping': counted(hopping(60_000, { advance: 20_000, grace }), { emit: 'windowClose' }),
  'windowed-by/window-close-session': counted(session(5_000, { grace }), { emit: 'windowClose' }),
  'windowed-by/window-close-sliding': counted(sliding(20_000, { grace }), { emit: 'windowClose' }),
  'windowed-by/late': {
    build: (flow, seen) =>
      orders(flow).pipe(
        groupByKey(),
        windowedBy(tumbling(200), { late: (records) => records.pipe(forEach(seen)) }),
        count('counts'),
        to('out'),
      ),
    keys: 1_000,
  },
  'store/windowed-cogroup': {
    build: (flow) => {
      const ordered = cents.on(orders(flow).pipe(groupByKey()), add);
      const paid = cents.on(payments(flow).pipe(groupByKey()), add);
      cents
        .windowedBy(minute)
        .cogroup({ initial: () => 0 }, ordered, paid)
        .pipe(to('out'));
    },
    inputs: { orders: 1, payments: 1 },
    keys: 1_000,
  },
} satisfies OperatorCases;

/** Each key has a record every ten seconds or so. */
function counted(of: Windows, options: WindowOptions<string, unknown> = {}) {
  return {
    build: (flow: Flow) => orders(flow).pipe(groupByKey(), windowedBy(of, options), count('counts'), to('out')),
    keys: 1_000,
  };
}
