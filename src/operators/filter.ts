import type { CollectionFor } from '../topology/fitting.ts';
import type { Collection, KeyOf, ValueOf, WithValue } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';
import { deriveStream, deriveTable, isStream } from './internal/derive.ts';
import { type Materialized, storeTable } from './internal/store-table.ts';

type Predicate = (value: unknown, key: unknown) => boolean;

/** A table's rows that pass may be kept in a store of their own; a stream has none. */
export type FilterOptions<In> = In extends KTable<unknown, infer V> ? Materialized<V> : never;

/**
 * Keeps the records (of a table, the rows) for which `predicate` is true. A row that no longer passes becomes a
 * tombstone; a change of which neither the old nor the new value passes goes no further. A predicate that narrows the
 * type, such as `(value) => value !== null`, narrows that of the values.
 *
 * @example
 * orders.pipe(filter((order) => order.total_cents >= 20_000));
 *
 * amounts.pipe(filter((cents) => cents > 0), to('paid'));
 * // in  amounts ann=5@1 bob=-5@2
 * // out paid    ann=5@1
 */
export function filter<In, V2 extends ValueOf<In>>(
  predicate: (value: ValueOf<In>, key: KeyOf<In>) => value is V2,
  options?: FilterOptions<In>,
): (source: CollectionFor<In, 'filter'>) => WithValue<In, V2>;
/**
 * The same for a predicate that only says yes or no: the type of the values stays. Of a table, `options` keep the rows
 * that pass in a store of their own; without it they are computed when they are asked for.
 *
 * @example
 * prices.pipe(filter((cents) => cents < 100, { store: 'cheap' }), to('cheap'));
 * // in  prices tea=50@1 tea=120@2
 * // out cheap  tea=50@1 tea=null@2
 */
export function filter<In>(
  predicate: (value: ValueOf<In>, key: KeyOf<In>) => boolean,
  options?: FilterOptions<In>,
): (source: CollectionFor<In, 'filter'>) => In;
export function filter(test: Predicate, options?: Materialized<unknown>): (source: Collection) => Collection {
  return filterAs('filter', test, options);
}

/** `filter` under the name of another operator. @internal */
export function filterAs(
  kind: string,
  test: Predicate,
  options?: Materialized<unknown>,
): (source: Collection) => Collection {
  return (source) => {
    if (isStream(source)) return filterStream(kind, source, test);
    return options === undefined ? filterTable(kind, source, test) : storeFiltered(kind, source, { test, ...options });
  };
}

function filterStream(kind: string, source: KStream<unknown, unknown>, test: Predicate): KStream<unknown, unknown> {
  const { key, value, keyChanged } = source.shape;
  return deriveStream(source, { kind, key, value, keyChanged }, (emit) => (record) => {
    if (test(record.value, record.key)) emit(record);
  });
}

const passing =
  (test: Predicate) =>
  (value: unknown, key: unknown): unknown =>
    value !== null && test(value, key) ? value : null;

function filterTable(kind: string, source: KTable<unknown, unknown>, test: Predicate): KTable<unknown, unknown> {
  const pass = passing(test);
  // Who looks at a time must see that there was nothing then.
  const isVersioned = source.shape.versioned === true;
  return deriveTable(
    source,
    {
      kind,
      value: source.shape.value,
      row: (row, key) => (test(row.value, key) ? row : undefined),
    },
    (emit) => (change) => {
      const value = pass(change.value, change.key);
      const { key, timestamp, headers } = change;
      const oldValue = pass(change.oldValue, key);
      const claimed = change.claimed === undefined ? undefined : pass(change.claimed, key);
      const isThere = isVersioned || value !== null || oldValue !== null || (claimed !== undefined && claimed !== null);
      if (isThere) emit({ key, value, oldValue, claimed, timestamp, headers });
    },
  );
}

function storeFiltered(
  kind: string,
  source: KTable<unknown, unknown>,
  { test, value, ...kept }: { test: Predicate } & Materialized<unknown>,
): KTable<unknown, unknown> {
  const serde = value ?? source.shape.value;
  return storeTable(source, { kind, ...kept, value: serde, compute: passing(test), passNothing: false });
}
