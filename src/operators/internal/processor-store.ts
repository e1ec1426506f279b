import { failure } from '../../errors.ts';
import type { ExpiringStore } from '../../state/expiring-store.ts';
import type { Entry, KeyValueStore, RangeQuery, Row } from '../../state/store.ts';
import type { Moment } from './processing-context.ts';
import { type TimeToLive, timeToLiveOf } from './time-to-live.ts';

/** What a row may be given as it is written. */
export interface RowOptions extends TimeToLive {
  /** Event time, ms. */
  readonly timestamp?: number;
}

/**
 * A store as a processor sees it: values by key.
 *
 * @see `store`, `keyValueStore`
 */
export interface ProcessorStore<K, V> {
  readonly name: string;
  get(key: K): V | undefined;
  /** The value with its time. */
  row(key: K): Row<V> | undefined;
  /**
   * Null deletes. The row's time is that of the record (or punctuation) at hand, unless it is given. Its own time to live,
   * where it has one, counts instead of the store's; Infinity keeps it for ever. A row that has ended already is not
   * written, but dropped and counted. Throws TIME_TO_LIVE_INVALID, TIME_TO_LIVE_UNDECLARED.
   *
   * @example
   * const shown = keyValueStore('shown', { key: string(), value: string(), timeToLive: Number.POSITIVE_INFINITY });
   * clicks.pipe(
   *   processValues({
   *     stores: [shown],
   *     init: ({ stores: { shown }, forward }) => ({ key, value }) => {
   *       if (shown.get(key) === undefined) forward(value);
   *       shown.put(key, value, { timeToLive: 10 });
   *     },
   *   }),
   *   to('back-again'),
   * );
   * // in  clicks     ann=home@1 ann=tea@9 ann=cart@19
   * // out back-again ann=home@1 ann=cart@19
   */
  put(key: K, value: V | null, at?: number | RowOptions): void;
  delete(key: K): void;
  /**
   * Rows in key order, as the store was when the iteration began.
   *
   * @example
   * const pages = keyValueStore('pages', { key: string(), value: integer() });
   * clicks.pipe(
   *   processValues({
   *     stores: [pages],
   *     value: integer(),
   *     init: ({ stores: { pages }, forward }) => ({ value: page, timestamp }) => {
   *       pages.put(page, timestamp);
   *       forward([...pages.range({ prefix: 'tea/' })].length);
   *     },
   *   }),
   *   to('pages-on-tea'),
   * );
   * // in  clicks       ann=home@1 ann=tea/green@2 bob=tea/black@3
   * // out pages-on-tea ann=0@1 ann=1@2 bob=2@3
   */
  range(query?: RangeQuery<K>): Iterable<Entry<K, V>>;
}

/** The rows that processors share, as one of them sees them. */
export function processorStore<K, V>(
  store: KeyValueStore<K, V>,
  expiring: ExpiringStore<K, V> | undefined,
  moment: Moment,
): ProcessorStore<K, V> {
  const put = (key: K, value: V | null, timestamp: number, timeToLive?: number): void => {
    if (expiring !== undefined) expiring.put(key, value, timestamp, timeToLive);
    else if (timeToLive === undefined) store.put(key, value, timestamp);
    else throw failure('TIME_TO_LIVE_UNDECLARED', { store: store.name, timeToLive });
  };
  const putAs = (key: K, value: V | null, { timestamp = moment.timestamp, ...own }: RowOptions): void =>
    put(key, value, timestamp, timeToLiveOf(`A row of store '${store.name}'`, own).timeToLive);
  return {
    name: store.name,
    get: (key) => store.get(key)?.value,
    row: (key) => store.get(key),
    put: (key, value, at = moment.timestamp) => (typeof at === 'number' ? put(key, value, at) : putAs(key, value, at)),
    delete: (key) => store.put(key, null, moment.timestamp),
    range: (query) => store.range(query),
  };
}
