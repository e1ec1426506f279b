/** Checked by `tsc`, never run: what is inferred of windows, and what is refused. */
import {
  count,
  type Flow,
  groupByKey,
  integer,
  type KTable,
  mapValues,
  reduce,
  session,
  store,
  string,
  toStream,
  tumbling,
  type Windowed,
  windowedBy,
} from '../../src/index.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type TableOf<T> = T extends KTable<infer K, infer V> ? [K, V] : never;
declare function same<A, B>(equal: Equal<A, B>): void;
declare const flow: Flow;

const orders = flow.stream('orders', { key: string(), value: integer() });
const perMinute = orders.pipe(groupByKey(), windowedBy(tumbling(60_000)));
const visits = orders.pipe(groupByKey(), windowedBy(session(60_000)));

const counted = perMinute.pipe(count('counts'));
same<TableOf<typeof counted>, [Windowed<string>, number]>(true);

const largest = perMinute.pipe(reduce('largest', { add: (a, b, key) => Math.max(a, b, key.length) }));
same<TableOf<typeof largest>, [Windowed<string>, number]>(true);

const joined = perMinute.pipe(
  store('joined', string()).aggregate({ initial: () => '', add: (all, value, key) => all + value.toFixed() + key }),
);
same<TableOf<typeof joined>, [Windowed<string>, string]>(true);

const merged = visits.pipe(
  store('merged', string()).aggregate({ initial: () => '', add: (all, n) => `${all}${n}`, merge: (a, b) => a + b }),
);
same<TableOf<typeof merged>, [Windowed<string>, string]>(true);

counted.pipe(
  toStream(),
  mapValues((n, at) => `${at.key.length} ${at.start.toFixed()} ${n ?? 0}`),
);

orders.pipe(
  groupByKey(),
  windowedBy(tumbling(1), {
    late: (records) => records.pipe(mapValues((value, at) => value + at.start + at.key.length)),
  }),
  count('with-late'),
);

visits.pipe(
  // @ts-expect-error sessions grow together, so they need `merge`
  store('unmerged', string()).aggregate({ initial: () => '', add: (all, n) => `${all}${n}` }),
);
// @ts-expect-error only groups are cut into windows
orders.pipe(windowedBy(tumbling(1)));
// @ts-expect-error an aggregation has to follow
perMinute.pipe(toStream());
// @ts-expect-error the adder gives the store's type
perMinute.pipe(store('wrong', integer()).aggregate({ initial: () => 0, add: () => 'x' }));
