import type { Collection, KeyOf, ValueOf } from '../topology/k-grouped.ts';
import type { KStream } from '../topology/k-stream.ts';
import type { KTable } from '../topology/k-table.ts';
import { deriveStream, deriveTable, isStream } from './internal/derive.ts';

type Predicate = (value: unknown, key: unknown) => boolean;

/**
 * Keeps the records (of a table, the rows) for which `predicate` is true. A row that no longer passes becomes a
 * tombstone; a change of which neither the old nor the new value passes goes no further.
 *
 * @example
 * orders.pipe(filter((order) => order.total_cents >= 20_000))
 */
export function filter<In extends Collection>(
  predicate: (value: ValueOf<In>, key: KeyOf<In>) => boolean,
): (source: In) => In {
  // ValueOf and KeyOf are of this very source, which TypeScript cannot follow through `isStream`.
  const test = predicate as Predicate;
  return (source) => (isStream(source) ? filterStream(source, test) : filterTable(source, test)) as In;
}

function filterStream(source: KStream<unknown, unknown>, test: Predicate): KStream<unknown, unknown> {
  const { key, value, keyChanged } = source.shape;
  return deriveStream(source, { kind: 'filter', key, value, keyChanged }, (emit) => (record) => {
    if (test(record.value, record.key)) emit(record);
  });
}

function filterTable(source: KTable<unknown, unknown>, test: Predicate): KTable<unknown, unknown> {
  const passing = (value: unknown, key: unknown): unknown => (value !== null && test(value, key) ? value : null);
  return deriveTable(
    source,
    {
      kind: 'filter',
      value: source.shape.value,
      view: (rows) => ({
        get: (key) => {
          const row = rows.get(key);
          return row !== undefined && test(row.value, key) ? row : undefined;
        },
      }),
    },
    (emit) => (change) => {
      const value = passing(change.value, change.key);
      const oldValue = passing(change.oldValue, change.key);
      if (value !== null || oldValue !== null) emit({ ...change, value, oldValue });
    },
  );
}
