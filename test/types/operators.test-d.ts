/** Checked by `tsc`, never run: types through chains of operators, and the sentence that a wrong order gives. */
import { type Observable, pairwise, map as rxMap } from 'rxjs';
import {
  avro,
  count,
  type Flow,
  filter,
  filterNot,
  flatMap,
  flatMapValues,
  forEach,
  forEachAsync,
  groupBy,
  groupByKey,
  integer,
  join,
  keyValueStore,
  map,
  mapAsync,
  mapValues,
  merge,
  nullable,
  peek,
  print,
  process,
  processValues,
  reduce,
  repartition,
  rx,
  selectKey,
  split,
  store,
  string,
  suppress,
  to,
  toStream,
  toTable,
  transformValues,
  tumbling,
  untilTimeLimit,
  untilWindowCloses,
  windowedBy,
} from '../../src/index.ts';
import type { MapOptions } from '../../src/operators/map-values.ts';
import type { Windowed } from '../../src/serde/windowed.ts';
import type { CollectionFor, GroupedStreamFor, GroupFor, StreamFor, TableFor } from '../../src/topology/fitting.ts';
import type { KGroupedStream, KGroupedTable } from '../../src/topology/k-grouped.ts';
import type { KStream } from '../../src/topology/k-stream.ts';
import type { KTable } from '../../src/topology/k-table.ts';
import type { StreamRecord } from '../../src/topology/records.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Fails to compile unless the two are the same type. */
declare function same<A, B>(equal: Equal<A, B>): void;
/** Fails to compile unless the value has that very type. */
declare function is<A>(): <B>(value: B, equal: Equal<A, B>) => void;

declare const flow: Flow;
const Order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'user', type: 'string' },
    { name: 'cents', type: 'long' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'] } },
  ],
} as const;
interface OrderValue {
  user: string;
  cents: number;
  status: 'NEW' | 'PAID';
}
const orders = flow.stream('orders', { key: string(), value: avro(Order) });
const users = flow.table('users', { key: string(), value: string(), name: 'users' });

// --- no type argument is ever written -------------------------------------------------------------------------------
is<KStream<string, OrderValue>>()(
  orders.pipe(
    filter((order, key) => order.cents > 1 && key.length > 1),
    filterNot((order) => order.status === 'PAID'),
  ),
  true,
);
is<KStream<string, number>>()(orders.pipe(mapValues((order) => order.cents)), true);
is<KStream<number, 'NEW' | 'PAID'>>()(orders.pipe(map((order) => [order.cents, order.status] as const)), true);
is<KStream<string, number>>()(orders.pipe(flatMap((order) => [[order.user, order.cents] as const])), true);
is<KStream<string, string>>()(orders.pipe(flatMapValues((order) => order.user)), true);
is<KStream<number, OrderValue>>()(orders.pipe(selectKey((order) => order.cents)), true);
is<KStream<string, OrderValue>>()(orders.pipe(peek((order) => order.cents)), true);
is<KStream<string, OrderValue>>()(orders.pipe(merge(orders)), true);
is<KStream<string, OrderValue>>()(orders.pipe(repartition('again', { partitions: 3 })), true);
is<void>()(orders.pipe(forEach((order, key) => order.user + key)), true);
is<void>()(orders.pipe(print('orders')), true);
is<void>()(orders.pipe(to(({ key, value }) => `${key}-${value.user}`)), true);
is<KTable<string, OrderValue>>()(orders.pipe(toTable('orders')), true);
is<KStream<string, string | null>>()(users.pipe(toStream()), true);
is<KStream<number, string | null>>()(users.pipe(toStream((name) => name?.length ?? 0)), true);
is<KTable<string, number>>()(orders.pipe(groupByKey(), count('counts')), true);
is<KTable<number, OrderValue>>()(
  orders.pipe(
    groupBy('by-cents', (order) => order.cents, { key: integer() }),
    reduce('last', { add: (_, b) => b }),
  ),
  true,
);
is<KTable<Windowed<string>, number>>()(
  orders.pipe(groupByKey(), windowedBy(tumbling(1000)), count('a-second'), suppress('final', untilWindowCloses())),
  true,
);
is<KTable<string, string>>()(users.pipe(suppress('calm', untilTimeLimit(1000))), true);
is<KTable<string, string>>()(users.pipe(filter((name) => name.length > 1, { store: 'long-names' })), true);
is<KTable<string, number>>()(
  users.pipe(mapValues((name) => name.length, { store: 'lengths', value: integer() })),
  true,
);
is<KTable<string, number>>()(
  users.pipe(
    transformValues({
      store: 'seen',
      value: integer(),
      stores: [store('times', integer())],
      init:
        ({ stores }) =>
        (name, key) =>
          (stores.times.get(key) ?? 0) + (name?.length ?? 0),
    }),
  ),
  true,
);
is<KStream<string, number>>()(orders.pipe(mapAsync('look-up', async (order) => order.cents)), true);
is<void>()(orders.pipe(forEachAsync('mail', async (order, key, { signal }) => [order.user, key, signal])), true);
is<KStream<string, number>>()(
  orders.pipe(
    rx('gaps', (records) =>
      records.pipe(
        pairwise(),
        rxMap(([a, b]) => ({ ...b, value: b.timestamp - a.timestamp })),
      ),
    ),
  ),
  true,
);
is<KStream<string, string>>()(orders.pipe(join(users, (order, user) => `${order.status}${user}`)), true);

// --- a filter narrows where its predicate does -----------------------------------------------------------------------
is<KStream<string, string>>()(
  users.pipe(
    toStream(),
    filter((name) => name !== null),
  ),
  true,
);
is<KStream<string, number>>()(
  users.pipe(
    toStream(),
    filter((name) => name !== null),
    mapValues((name) => name.length),
  ),
  true,
);

// --- branches by name -----------------------------------------------------------------------------------------------
const branches = orders.pipe(split({ big: (order) => order.cents > 100, small: (_, key) => key === '' }, 'rest'));
is<KStream<string, OrderValue>>()(branches.big, true);
is<KStream<string, OrderValue>>()(branches.rest, true);
// @ts-expect-error a branch that is not there
branches.huge;
// @ts-expect-error no branch for the rest was asked for
orders.pipe(split({ big: (order) => order.cents > 100 })).rest;
// @ts-expect-error a field that the schema lacks
orders.pipe(split({ big: (order) => order.price > 100 }));

// --- processors -----------------------------------------------------------------------------------------------------
is<KStream<string, OrderValue>>()(orders.pipe(process({ init: ({ forward }) => forward })), true);
is<KStream<number, string>>()(
  orders.pipe(
    process({
      stores: [store('counts', integer()), keyValueStore('by-status', { key: integer(), value: string() })],
      key: integer(),
      value: string(),
      init:
        ({ stores, forward, schedule }) =>
        ({ key, value }) => {
          same<typeof key, string>(true);
          same<typeof value, OrderValue>(true);
          stores.counts.put(key, (stores.counts.get(key) ?? 0) + 1);
          stores['by-status'].put(value.cents, value.status);
          schedule('wallClock', 1000, (timestamp) => forward({ key: timestamp, value: '' })).cancel();
          // @ts-expect-error a store that is not connected
          stores.others;
          // @ts-expect-error the key of this store is the stream's
          stores.counts.get(1);
          // @ts-expect-error a value of another type
          stores.counts.put(key, 'one');
          // @ts-expect-error what it forwards has keys of the serde `key`
          forward({ key, value: '' });
        },
    }),
  ),
  true,
);
is<KStream<string, number>>()(
  orders.pipe(
    processValues({
      value: integer(),
      init:
        ({ forward }) =>
        ({ value }) => {
          forward(value.cents);
          // @ts-expect-error a value of another type
          forward(value.user);
        },
    }),
  ),
  true,
);
// --- a time to live ---------------------------------------------------------------------------------------------------
is<KTable<string, number>>()(orders.pipe(groupByKey(), count('brief', { timeToLive: 1000 })), true);
is<KTable<string, OrderValue>>()(orders.pipe(toTable('brief-orders', { timeToLive: 1000 })), true);
is<KTable<string, OrderValue>>()(
  orders.pipe(groupByKey(), reduce('brief-last', { add: (_, b) => b, timeToLive: 1000 })),
  true,
);
is<KTable<string, number>>()(
  orders.pipe(
    groupByKey(),
    store('brief-cents', integer(), { timeToLive: 1000 }).aggregate({
      initial: () => 0,
      add: (sum, { cents }) => sum + cents,
    }),
  ),
  true,
);
orders.pipe(
  process({
    stores: [keyValueStore('tokens', { key: integer(), value: string(), timeToLive: 1000 })],
    init:
      ({ stores: { tokens } }) =>
      ({ value: { cents, status } }) => {
        tokens.put(cents, status, { timeToLive: 5 });
        tokens.put(cents, status, { timeToLive: 5, timestamp: 7 });
        tokens.put(cents, status, 7);
        // @ts-expect-error a time is a number
        tokens.put(cents, status, { timeToLive: '5 minutes' });
        // @ts-expect-error it has a name that says what it is
        tokens.put(cents, status, { ttl: 5 });
      },
  }),
);
// @ts-expect-error a time is a number
store('brief', integer(), { timeToLive: '5 minutes' });
// @ts-expect-error the topic of a source table is not ours to delete from
flow.table('brief-users', { key: string(), value: string(), name: 'brief-users', timeToLive: 1000 });

const maybe = flow.stream('maybe', { key: nullable(string()), value: nullable(string()) });
maybe.pipe(
  process({
    stores: [store('last', string())],
    init:
      ({ stores }) =>
      ({ key }) => {
        // @ts-expect-error a store has no null keys
        stores.last.get(key);
        if (key !== null) stores.last.get(key);
      },
  }),
);

// --- stock RxJS operators, of which a stream is a source -------------------------------------------------------------
const seen: Observable<number> = orders.pipe(rxMap(({ value }) => value.cents));
seen.subscribe();
const asObservable: Observable<StreamRecord<string, OrderValue>> = orders;
asObservable.subscribe();

// --- a wrong order is an error, and a sentence ------------------------------------------------------------------------
// @ts-expect-error a table is no stream
users.pipe(merge(flow.stream('more-users', { key: string(), value: string() })));
// @ts-expect-error a stream of other keys
orders.pipe(merge(flow.stream('numbered', { key: integer(), value: string() })));
// @ts-expect-error a count needs a group
orders.pipe(count('counts'));
// @ts-expect-error also in the middle of a chain, and behind a void
orders.pipe(groupByKey(), filter(Boolean), count('counts'));
// @ts-expect-error a table has no flatMapValues
users.pipe(flatMapValues((name) => name));
// @ts-expect-error a stream has no toStream
orders.pipe(toStream());
users.pipe(
  // @ts-expect-error a group of a table cannot be cut into windows
  groupBy('by-name', (name) => name, { key: string() }),
  windowedBy(tumbling(1000)),
);
// @ts-expect-error suppress holds back changes of tables
orders.pipe(suppress('calm', untilTimeLimit(1000)));
// @ts-expect-error only windows close
users.pipe(suppress('final', untilWindowCloses()));
orders.pipe(
  // @ts-expect-error nothing comes after an output
  to('copy'),
  mapValues((order) => order),
);
// @ts-expect-error the rows of a stream are in no store
orders.pipe(filter((order) => order.cents > 1, { store: 'big' }));
// @ts-expect-error nor are their bytes: the step that writes them has the serde
orders.pipe(mapValues((order) => order.cents, { value: integer() }));
same<
  MapOptions<Stream, number>,
  "a stream's mapValues takes no serde: give it to the step that needs one, as to('x', { value: … })"
>(true);

type Stream = KStream<string, number>;
type Table = KTable<string, number>;
type Group = KGroupedStream<string, number>;
same<StreamFor<Stream, 'map'>, Stream>(true);
same<StreamFor<Table, 'map'>, 'map takes a stream, but this is a table: put toStream() before it'>(true);
same<
  StreamFor<Group, 'map'>,
  'map takes a stream, but this is a group: aggregate it first, then put toStream() before it'
>(true);
same<
  StreamFor<void, 'map'>,
  'map takes a stream, but the step before it ends the chain: give the part before that step a name, and start from it'
>(true);
same<
  TableFor<Stream, 'suppress'>,
  'suppress takes a table, but this is a stream: put toTable(), or a group and an aggregation, before it'
>(true);
same<CollectionFor<Table, 'filter'>, Table>(true);
same<
  CollectionFor<Group, 'filter'>,
  'filter takes a stream or a table, but this is a group: aggregate it first, as count() does'
>(true);
same<GroupFor<Stream, 'count'>, 'count takes a group, but this is a stream: put groupByKey() or groupBy() before it'>(
  true,
);
same<GroupFor<Table, 'count'>, 'count takes a group, but this is a table: put groupBy() before it'>(true);
same<
  GroupedStreamFor<KGroupedTable<string, number>, 'windowedBy'>,
  'windowedBy takes the group of a stream, but this is a group: groups of tables, and those that have windows, cannot be cut'
>(true);
