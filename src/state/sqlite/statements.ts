import type { Database, Statement } from 'better-sqlite3';
import type { SqlValue } from '../../serde/serde.ts';
import { placeholders, quoted } from './sql-text.ts';
import { liveColumns, PARTITION, type StoredColumn, type StoreLayout, TIMESTAMP } from './store-layout.ts';

/** Rows come as arrays. */
type Read = Statement<SqlValue[], SqlValue[]>;
type Write = Statement<[SqlValue[]]>;

/** How a page of a range is bounded. Each combination is a statement of its own. */
export interface RangeShape {
  readonly lower: '>=' | '>' | undefined;
  readonly upper: '<=' | '<' | undefined;
  /** The key column that has a prefix, and whether there is a text after all texts with it. */
  readonly prefix: { readonly at: number; readonly isBounded: boolean } | undefined;
  readonly reverse: boolean;
}

/** The statements of one store, for all its partitions. Each is prepared when it is first needed. */
export class StoreStatements {
  readonly layout: StoreLayout;
  /** How many parameters a row of `upsert` has: partition, key, value, timestamp. */
  readonly rowWidth: number;
  /** How many key columns there are. */
  readonly keyWidth: number;
  readonly #db: Database;
  readonly #table: string;
  readonly #key: readonly string[];
  readonly #valueList: string;
  readonly #reads = new Map<string, Read>();
  readonly #writes = new Map<string, Write>();

  constructor(db: Database, layout: StoreLayout) {
    const value = liveColumns(layout.value);
    this.layout = layout;
    this.#db = db;
    this.#table = quoted(layout.name);
    this.#key = layout.key.columns.map((column) => quoted(column.name));
    this.#valueList = [...value.map(selected), TIMESTAMP].join(', ');
    this.keyWidth = this.#key.length;
    this.rowWidth = 2 + this.keyWidth + value.length;
  }

  /** The value columns and the timestamp of a key. */
  get(): Read {
    const where = [PARTITION, ...this.#key].map((name) => `${name} = ?`);
    return this.#toRead(`SELECT ${this.#valueList} FROM ${this.#table} WHERE ${where.join(' AND ')}`);
  }

  anyRow(): Read {
    return this.#toRead(`SELECT 1 FROM ${this.#table} WHERE ${PARTITION} = ? LIMIT 1`);
  }

  clear(): Write {
    return this.#toWrite(`DELETE FROM ${this.#table} WHERE ${PARTITION} = ?`);
  }

  upsert(rows: number): Write {
    const columns = [PARTITION, ...this.#key, ...liveColumns(this.layout.value).map((each) => quoted(each.name))];
    const row = `(${placeholders(this.rowWidth)})`;
    const values = Array.from({ length: rows }, () => row).join(', ');
    return this.#toWrite(`REPLACE INTO ${this.#table} (${columns.join(', ')}, ${TIMESTAMP}) VALUES ${values}`);
  }

  /** Parameters: the partition and the key of each row. */
  remove(rows: number): Write {
    const names = [PARTITION, ...this.#key].join(', ');
    const row = `(${placeholders(1 + this.keyWidth)})`;
    const values = Array.from({ length: rows }, () => row).join(', ');
    return this.#toWrite(`DELETE FROM ${this.#table} WHERE (${names}) IN (VALUES ${values})`);
  }

  /** Key columns, value columns and timestamp. Parameters: partition, lower key, upper key, prefix, its end, limit. */
  range(shape: RangeShape): Read {
    const { lower, upper, prefix, reverse } = shape;
    const where = [`${PARTITION} = ?`];
    if (lower !== undefined) where.push(this.#compared(lower));
    if (upper !== undefined) where.push(this.#compared(upper));
    const text = prefix && this.#key[prefix.at];
    if (text !== undefined) where.push(`${text} >= ?`);
    if (prefix?.isBounded === true) where.push(`${text} < ?`);
    const columns = [...this.layout.key.columns.map(selected), this.#valueList].join(', ');
    const order = [PARTITION, ...this.#key].map((name) => `${name} ${reverse ? 'DESC' : 'ASC'}`).join(', ');
    return this.#toRead(`SELECT ${columns} FROM ${this.#table} WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ?`);
  }

  #compared(operator: string): string {
    return `(${this.#key.join(', ')}) ${operator} (${placeholders(this.keyWidth)})`;
  }

  #toRead(sql: string): Read {
    let statement = this.#reads.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare<SqlValue[], SqlValue[]>(sql).raw(true);
      this.#reads.set(sql, statement);
    }
    return statement;
  }

  #toWrite(sql: string): Write {
    let statement = this.#writes.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare<[SqlValue[]]>(sql);
      this.#writes.set(sql, statement);
    }
    return statement;
  }
}

/** Integers that may be beyond 2^53 come as text, or they would be rounded. */
function selected({ name, wide }: StoredColumn): string {
  return wide === true ? `CAST(${quoted(name)} AS TEXT)` : quoted(name);
}
