import type { Collection, KeyOf, ValueOf, WithValue } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';
import { deriveStream, deriveTable, isStream } from './internal/derive.ts';

type Mapper<R> = (value: unknown, key: unknown) => R;

/**
 * Replaces each value, of a stream or of a table's rows. Keys, timestamps and headers stay, so nothing is repartitioned.
 * A table's mapper is called for rows only, never for a deletion.
 *
 * @example
 * orders.pipe(mapValues((order) => ({ items: order.items.length, total_cents: order.total_cents })))
 */
export function mapValues<In extends Collection, R>(
  mapper: (value: ValueOf<In>, key: KeyOf<In>) => R,
): (source: In) => WithValue<In, R> {
  // ValueOf and KeyOf are of this very source, which TypeScript cannot follow through `isStream`.
  const map = mapper as Mapper<R>;
  return (source) => (isStream(source) ? mapStream(source, map) : mapTable(source, map)) as WithValue<In, R>;
}

function mapStream<R>(source: KStream<unknown, unknown>, map: Mapper<R>): KStream<unknown, R> {
  const { key, keyChanged } = source.shape;
  return deriveStream(source, { kind: 'mapValues', key, value: undefined, keyChanged }, (emit) => (record) => {
    const { key, value, timestamp, headers } = record;
    emit({ key, value: map(value, key), timestamp, headers });
  });
}

function mapTable<R>(source: KTable<unknown, unknown>, map: Mapper<R>): KTable<unknown, R> {
  const mapped = (value: unknown, key: unknown): R | null => (value === null ? null : map(value, key));
  return deriveTable<unknown, unknown, R>(
    source,
    {
      kind: 'mapValues',
      value: undefined,
      view: (rows) => ({
        get: (key) => {
          const row = rows.get(key);
          return row && { value: map(row.value, key), timestamp: row.timestamp };
        },
      }),
    },
    (emit) => (change) => {
      const { key, value, oldValue, timestamp, headers } = change;
      emit({ key, value: mapped(value, key), oldValue: mapped(oldValue, key), timestamp, headers });
    },
  );
}
