import type { Serde } from '../serde/serde.ts';
import type { Windowed } from '../serde/windowed.ts';
import type { GroupFor } from '../topology/fitting.ts';
import type { Grouping, KeyOf, KGroupedStream, KGroupedTable, ResultKeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KTable } from '../topology/k-table.ts';
import type { KWindowedStream, WindowOptions } from '../topology/k-windowed-stream.ts';
import type { SessionWindows, Windows } from '../topology/windows.ts';
import { type AnyFold, aggregateAny } from './internal/aggregate-any.ts';
import { aggregateWindows } from './internal/aggregate-windows.ts';
import { type CogroupInput, cogroupStreams } from './internal/cogroup-internals.ts';
import { refuseTimeToLive, type TimeToLive, timeToLiveOf } from './internal/time-to-live.ts';

export type Adder<A, V, K> = (aggregate: A, value: V, key: K) => A | null;

/** How to aggregate: a table's rows also leave, so it needs `subtract`; sessions grow together, so they need `merge`. */
export type Aggregation<In, A> = {
  /** The aggregate of a key before its first value. */
  readonly initial: () => A;
  /** The aggregate with one more value; null deletes the row. Must not change what it is given. */
  readonly add: Adder<A, ValueOf<In>, KeyOf<In>>;
} & (In extends KGroupedTable<unknown, unknown>
  ? {
      /** The aggregate without a value that was added before; null deletes the row. */
      readonly subtract: Adder<A, ValueOf<In>, KeyOf<In>>;
    }
  : unknown) &
  (In extends KWindowedStream<unknown, unknown, SessionWindows> ? Merging<A, KeyOf<In>> : unknown);

export interface Merging<A, K> {
  /** The aggregate of two sessions that become one, the earlier one first; at first of the initial value and a session. */
  readonly merge: (a: A, b: A, key: K) => A | null;
}

/**
 * A named, typed store. Its value type is fixed here, so initial values and adders are checked against it, literals too.
 *
 * @see `store`
 */
export interface Store<A, Name extends string = string> extends TimeToLive {
  readonly name: Name;
  readonly value: Serde<A>;
  /**
   * Folds the values of each key, or of each window of it, into one row of this store. The row's time is the largest of
   * its values' times; of a session its end. Null keys are dropped and counted; so are null values, except in tumbling,
   * hopping and session windows. Of a table, a change first subtracts the old value, then adds the new
   * one, and the result comes out once. An aggregate must never be changed in place.
   *
   * @example
   * const Spent = { type: 'record', name: 'Spent', fields: [{ name: 'cents', type: 'long' }] } as const;
   * amounts.pipe(
   *   groupByKey(),
   *   store('spent', avro(Spent)).aggregate({
   *     initial: () => ({ cents: 0 }),
   *     add: (sum, cents) => ({ cents: sum.cents + cents }),
   *   }),
   *   to('spent'),
   * );
   * // in  amounts ann=5@1 ann=7@2
   * // out spent   ann={"cents":5}@1 ann={"cents":12}@2
   */
  aggregate<In>(how: Aggregation<In, A>): (grouped: GroupFor<In, 'aggregate'>) => KTable<ResultKeyOf<In>, A>;
  /** One input of `cogroup`: what a value of it makes of the row. */
  on<K, V>(grouped: KGroupedStream<K, V>, add: Adder<A, V, K>): CogroupInput<K, A>;
  /**
   * Folds several streams of different values into one row a key. All of them must be partitioned alike
   * (NOT_COPARTITIONED). Throws INPUT_MISSING where there is none.
   *
   * @example
   * const activity = store('activity', integer());
   * const visits = activity.on(clicks.pipe(groupByKey()), (sum) => sum + 1);
   * const buys = activity.on(amounts.pipe(groupByKey()), (sum) => sum + 10);
   * activity.cogroup(() => 0, visits, buys).pipe(to('activity'));
   * // in  clicks   ann=home@1
   * // in  amounts  ann=500@2
   * // out activity ann=1@1 ann=11@2
   */
  cogroup<K>(initial: (key: K) => A, ...inputs: readonly CogroupInput<K, A>[]): KTable<K, A>;
  /**
   * The same by windows: `cogroup` of it folds several streams into one row a key and window. Each stream has a time of
   * its own, so what is late in one may not be so in another.
   *
   * @example
   * const activity = store('activity', integer());
   * activity
   *   .windowedBy(tumbling(60_000))
   *   .cogroup({ initial: () => 0 }, activity.on(clicks.pipe(groupByKey()), (sum) => sum + 1))
   *   .pipe(to('activity'));
   * // in  clicks   ann=home@1 ann=tea@60000
   * // out activity ann[0..60000]=1@1 ann[60000..120000]=1@60000
   */
  windowedBy<W extends Windows>(windows: W, options?: WindowOptions<unknown, unknown>): WindowedStore<A, W>;
}

/** A store of windows, before its streams are named. */
export interface WindowedStore<A, W extends Windows> {
  cogroup<K>(how: WindowedCogroup<A, K, W>, ...inputs: readonly CogroupInput<K, A>[]): KTable<Windowed<K>, A>;
}

/** How to begin a window's row, and of sessions how to merge two. */
export type WindowedCogroup<A, K, W extends Windows> = { readonly initial: (key: K) => A } & (W extends SessionWindows
  ? Merging<A, K>
  : unknown);

/**
 * Names and types a store: its table in the state file, its changelog topic. It aggregates with functions of your own, and
 * processors keep their memory in it. A name is used once (NAME_TAKEN, NAME_INVALID). Its rows may have a time to live: an
 * hour after its last change, a row of `{ timeToLive: 3_600_000 }` is gone (TIME_TO_LIVE_INVALID, TIME_TO_LIVE_UNFIT).
 *
 * @example
 * amounts.pipe(groupByKey(), store('sum', integer()).aggregate({ initial: () => 0, add: (sum, n) => sum + n }), to('sums'));
 * // in  amounts ann=5@1 ann=7@2
 * // out sums    ann=5@1 ann=12@2
 */
export function store<A, const Name extends string>(
  name: Name,
  value: Serde<A>,
  options: TimeToLive = {},
): Store<A, Name> {
  const ending = timeToLiveOf(`store('${name}')`, options);
  return {
    name,
    value,
    ...ending,
    aggregate: (how) => (grouped) => {
      // What the kinds of groups need beside `initial` and `add`, Aggregation has demanded; TypeScript does not narrow In.
      const fold = {
        kind: 'aggregate',
        name,
        value,
        ...ending,
        ...(how as unknown as Omit<AnyFold<A>, 'kind' | 'name' | 'value' | 'timeToLive'>),
      };
      return aggregateAny(grouped as Grouping, fold) as never;
    },
    // `add` is only ever called with values of `grouped`.
    on: <K, V>(grouped: KGroupedStream<K, V>, add: Adder<A, V, K>) =>
      ({ grouped, add }) as unknown as CogroupInput<K, A>,
    cogroup: (initial, ...inputs) => cogroupStreams(inputs, { name, value, ...ending, initial }),
    windowedBy: (windows, options = {}) => ({
      cogroup: <K>(how: { readonly initial: (key: K) => A }, ...inputs: readonly CogroupInput<K, A>[]) => {
        refuseTimeToLive(`cogroup('${name}')`, ending, 'windows');
        const streams = inputs.map(({ grouped, add }) => ({ stream: grouped.stream, add: add as AnyAdd }));
        return aggregateWindows<K, A>(streams, { windows, options }, { kind: 'cogroup', name, value, ...how });
      },
    }),
  };
}

/** `on` has closed over the types. */
type AnyAdd = (aggregate: unknown, value: unknown, key: unknown) => unknown;
