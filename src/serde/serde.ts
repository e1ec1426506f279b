/**
 * How values become bytes and columns. A `Serde` is what a user writes in a topology; at start it is opened for each
 * topic it is used with, which may register or look up schemas, and gives a `Codec`, which is synchronous.
 */
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { Registry } from './registry/registry.ts';

/**
 * How keys or values become bytes of records and columns of tables. Topologies are given serdes; the types of all that
 * follows come from them.
 *
 * @example
 * const page: Serde<string> = string();
 * flow.stream('clicks', { key: string(), value: page });
 *
 * @example
 * // One of your own: decimal text in records, an integer in the state file.
 * const digits: Serde<number> = {
 *   name: 'digits',
 *   columns: {
 *     columns: (use) => [{ name: use, type: 'INTEGER' }],
 *     write: (value) => [value],
 *     read: (row, at) => Number(row[at]),
 *   },
 *   open: async () => ({
 *     encode: (value) => Buffer.from(String(value)),
 *     decode: (buffer, start, end) => Number(buffer.toString('utf8', start, end)),
 *   }),
 * };
 * flow.stream('counted', { key: string(), value: digits }).pipe(
 *   groupByKey(),
 *   reduce('sums', { add: (sum, n) => sum + n }),
 *   to('sums'),
 * );
 * // in  counted ann=5@1 ann=7@2
 * // out sums    ann=5@1 ann=12@2
 */
export interface Serde<T> {
  /** For descriptions and errors: `string`, `avro(OrderCreated)`. */
  readonly name: string;
  /** Nulls (null keys, tombstones) are values of this serde; without it they are bad input of a stream. See `nullable`. */
  readonly nullable?: boolean;
  /** How a store keeps the values in typed columns. */
  readonly columns: Columns<T>;
  /** Opens it for the key or value of a topic. Throws SCHEMA_INCOMPATIBLE, REGISTRY_UNREACHABLE. */
  open(use: SerdeUse): Promise<Codec<T>>;
}

/** A serde that can write `T`, `nullable` or not: null itself has no bytes. */
export type SerdeFor<T> = Serde<NonNullable<T>> | Serde<NonNullable<T> | null>;

/** For which topic, and which part of its records, a serde is opened. */
export interface SerdeUse {
  readonly topic: string;
  readonly part: 'key' | 'value';
  readonly registry: Registry;
  /** False for who only reads: schemas are then looked up, never registered. Default true. */
  readonly register?: boolean;
}

/**
 * A serde opened for a topic: it writes and reads bytes, without waiting.
 *
 * @see `Serde`
 */
export interface Codec<T> {
  /** The bytes may be a view that the next call of `encode` overwrites: copy what is kept. Throws VALUE_INVALID. */
  encode(value: T): Buffer;
  /** Throws RECORD_UNREADABLE with the reason. */
  decode(buffer: Buffer, start: number, end: number): T;
  /**
   * Looks up what decoding these records will need (schemas of ids not met before). Undefined where nothing is missing,
   * which is the usual case and must be cheap. An id that the registry does not know is not an error here but in
   * `decode`, where the record at fault is known.
   */
  prepare?(records: readonly FetchedRecord[]): Promise<void> | undefined;
}

// --- columns --------------------------------------------------------------------------------------------------------

/**
 * What a column can hold.
 *
 * @see `Serde`
 */
export type SqlValue = string | number | bigint | Buffer | null;

/**
 * One column of a table in the state file.
 *
 * @see `Serde`
 */
export interface Column {
  /** The field's name, or `key` / `value` where a whole key or value is one column. */
  readonly name: string;
  readonly type: 'INTEGER' | 'REAL' | 'TEXT' | 'BLOB';
  /** What rows written before the column existed have in it. */
  readonly default?: SqlValue;
  /** Read as text, because it may hold integers beyond 2^53. */
  readonly wide?: boolean;
  /** What a reader without the schema should make of it: JSON text (nested values), 0 and 1 as false and true. */
  readonly as?: 'json' | 'boolean';
}

/**
 * The columns of a value. `write` and `read` are exact inverses, for every value that the serde can encode: 64-bit
 * integers, decimals, bytes, null against missing.
 *
 * @see `Serde`
 */
export interface Columns<T> {
  /** One for each field of a record; one, named after its use (`key`, `value`), for anything else. */
  columns(use: 'key' | 'value'): readonly Column[];
  /** As many values as columns. */
  write(value: T): SqlValue[];
  /** `at` is the index of the first column in `row`. */
  read(row: readonly SqlValue[], at: number): T;
}
