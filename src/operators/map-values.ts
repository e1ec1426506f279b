import type { Serde } from '../serde/serde.ts';
import type { CollectionFor } from '../topology/fitting.ts';
import type { Collection, KeyOf, ValueOf, WithValue } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';
import { deriveStream, deriveTable, isStream } from './internal/derive.ts';
import { type Materialized, storeTable } from './internal/store-table.ts';

type Mapper<R> = (value: unknown, key: unknown) => R;

/** A table's mapped rows may be kept in a store of their own; a stream has none, and the sentence says so. */
export type MapOptions<In, R> =
  In extends KTable<unknown, unknown>
    ? Materialized<NonNullable<R>> & { readonly value: Serde<NonNullable<R>> }
    : "a stream's mapValues takes no serde: give it to the step that needs one, as to('x', { value: … })";

/**
 * Replaces each value, of a stream or of a table's rows. Keys, timestamps and headers stay, so nothing is repartitioned.
 * A table's mapper is called for rows only, never for a deletion.
 *
 * @example
 * orders.pipe(mapValues((order) => ({ items: order.items.length, total_cents: order.total_cents })));
 *
 * prices.pipe(mapValues((cents) => `${(cents / 100).toFixed(2)} €`), to('labels', { value: string() }));
 * // in  prices tea=250@1 tea=null@2
 * // out labels tea=2.50 €@1 tea=null@2
 */
export function mapValues<In, R>(
  mapper: (value: ValueOf<In>, key: KeyOf<In>) => R,
  options?: MapOptions<In, R>,
): (source: CollectionFor<In, 'mapValues'>) => WithValue<In, R>;
export function mapValues(
  map: Mapper<unknown>,
  kept?: Materialized<unknown> | string,
): (source: Collection) => Collection {
  return (source) => {
    if (isStream(source)) return mapStream(source, map);
    return kept === undefined || typeof kept === 'string' ? mapTable(source, map) : storeMapped(source, map, kept);
  };
}

function mapStream<R>(source: KStream<unknown, unknown>, map: Mapper<R>): KStream<unknown, R> {
  const { key, keyChanged } = source.shape;
  return deriveStream(source, { kind: 'mapValues', key, value: undefined, keyChanged }, (emit) => (record) => {
    const { key, value, timestamp, headers } = record;
    emit({ key, value: map(value, key), timestamp, headers });
  });
}

function mapTable<R>(source: KTable<unknown, unknown>, map: Mapper<R>): KTable<unknown, R> {
  const mapped = rowMapper(map);
  return deriveTable<unknown, unknown, R>(
    source,
    {
      kind: 'mapValues',
      value: undefined,
      row: (row, key) => {
        const value = map(row.value, key);
        // A mapper that gives null says that there is no row.
        return value === null ? undefined : { value, timestamp: row.timestamp };
      },
    },
    (emit) => (change) => {
      const { key, value, oldValue, claimed, timestamp, headers } = change;
      emit({
        key,
        value: mapped(value, key),
        oldValue: mapped(oldValue, key),
        claimed: claimed === undefined ? undefined : mapped(claimed, key),
        timestamp,
        headers,
      });
    },
  );
}

const rowMapper =
  <R>(map: Mapper<R>) =>
  (value: unknown, key: unknown): R | null =>
    value === null ? null : map(value, key);

function storeMapped<R>(source: KTable<unknown, unknown>, map: Mapper<R>, kept: Materialized<R>): KTable<unknown, R> {
  return storeTable(source, {
    kind: 'mapValues',
    value: undefined,
    ...kept,
    compute: rowMapper(map),
    passNothing: true,
  });
}
