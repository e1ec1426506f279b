import type { Entry, KeyValueStore, RangeQuery, Row } from '../../state/store.ts';
import type { Moment } from './processing-context.ts';

/** A store as a processor sees it: values by key. */
export interface ProcessorStore<K, V> {
  readonly name: string;
  get(key: K): V | undefined;
  /** The value with its time. */
  row(key: K): Row<V> | undefined;
  /** Null deletes. The row's time is that of the record (or punctuation) at hand, unless it is given. */
  put(key: K, value: V | null, timestamp?: number): void;
  delete(key: K): void;
  /** Rows in key order, as the store was when the iteration began. */
  range(query?: RangeQuery<K>): Iterable<Entry<K, V>>;
}

/** The rows that processors share, as one of them sees them. */
export function processorStore<K, V>(store: KeyValueStore<K, V>, moment: Moment): ProcessorStore<K, V> {
  return {
    name: store.name,
    get: (key) => store.get(key)?.value,
    row: (key) => store.get(key),
    put: (key, value, timestamp = moment.timestamp) => store.put(key, value, timestamp),
    delete: (key) => store.put(key, null, moment.timestamp),
    range: (query) => store.range(query),
  };
}
