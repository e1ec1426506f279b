/** Serdes for tests of the state, of columns only: nothing here is ever encoded. */
import type { Codec, Column, Columns, Serde, SqlValue } from '../../src/serde/serde.ts';

function stateOnly<T>(name: string, columns: Columns<T>): Serde<T> {
  return { name, columns, open: (): Promise<Codec<T>> => Promise.reject(new Error(`${name} has columns only`)) };
}

/** Text in one column. */
export const testString: Serde<string> = stateOnly('string', {
  columns: (use) => [{ name: use, type: 'TEXT' }],
  write: (value) => [value],
  read: (row, at) => String(row[at]),
});

/** An integer within ±2^53 in one column. */
export const testInteger: Serde<number> = stateOnly('integer', {
  columns: (use) => [{ name: use, type: 'INTEGER' }],
  write: (value) => [value],
  read: (row, at) => Number(row[at]),
});

/** Any 64-bit integer in one column. */
export const testLong: Serde<bigint> = stateOnly('long', {
  columns: (use) => [{ name: use, type: 'INTEGER', wide: true }],
  write: (value) => [value],
  read: (row, at) => BigInt(String(row[at])),
});

/** Bytes in one column. */
export const testBytes: Serde<Buffer> = stateOnly('bytes', {
  columns: (use) => [{ name: use, type: 'BLOB' }],
  write: (value) => [value],
  read: (row, at) => {
    const value = row[at];
    return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
  },
});

type Fields = Readonly<Record<string, unknown>>;

/** A record with the given columns. Its fields hold what the columns hold, and JSON and booleans as such. */
export function testRecord<T extends object>(...columns: Column[]): Serde<T> {
  return stateOnly<T>(`record(${columns.map((column) => column.name).join(',')})`, {
    columns: () => columns,
    // A test's record is what the test says it is.
    write: (value) => columns.map((column) => toSql(column, (value as Fields)[column.name])),
    read: (row, at) =>
      Object.fromEntries(columns.map((column, i) => [column.name, fromSql(column, row[at + i] ?? null)])) as T,
  });
}

function toSql(column: Column, value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (column.as === 'json') return JSON.stringify(value);
  if (column.as === 'boolean') return value === true ? 1 : 0;
  return value as SqlValue;
}

function fromSql(column: Column, value: SqlValue): unknown {
  if (value === null) return null;
  if (column.as === 'json') return JSON.parse(String(value));
  if (column.as === 'boolean') return value === 1;
  return column.wide === true ? BigInt(String(value)) : value;
}

export interface Total {
  readonly count: number;
  readonly label: string | null;
}

/** A record of two fields. */
export const testTotal: Serde<Total> = testRecord<Total>(
  { name: 'count', type: 'INTEGER' },
  { name: 'label', type: 'TEXT' },
);

export interface Place {
  readonly city: string;
  readonly street: number;
}

/** A key of two fields. */
export const testPlace: Serde<Place> = testRecord<Place>(
  { name: 'city', type: 'TEXT' },
  { name: 'street', type: 'INTEGER' },
);
