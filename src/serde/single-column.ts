import type { Column, Columns, SqlValue } from './serde.ts';

/** The columns of values that are one column as a whole, named after its use. */
export function singleColumn<T>(
  column: Omit<Column, 'name'>,
  write: (value: T) => SqlValue,
  read: (value: SqlValue) => T,
): Columns<T> {
  const columns = { key: [{ ...column, name: 'key' }], value: [{ ...column, name: 'value' }] };
  return {
    columns: (use) => columns[use],
    write: (value) => [write(value)],
    // A row is as wide as the columns it was read for.
    read: (row, at) => read(row[at] as SqlValue),
  };
}
