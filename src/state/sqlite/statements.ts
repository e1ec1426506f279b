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
  // Their texts are long, and would be made anew for every read or batch: so by what is asked, or the number of rows.
  readonly #reads = new Map<string, Read>();
  readonly #upserts = new Map<number, Write>();
  readonly #removals = new Map<number, Write>();
  #expire: Write | undefined;

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
    return this.#toRead('get', () => {
      const where = [PARTITION, ...this.#key].map((name) => `${name} = ?`);
      return `SELECT ${this.#valueList} FROM ${this.#table} WHERE ${where.join(' AND ')}`;
    });
  }

  anyRow(): Read {
    return this.#toRead('any', () => `SELECT 1 FROM ${this.#table} WHERE ${PARTITION} = ? LIMIT 1`);
  }

  /** All keys. */
  keys(): Read {
    return this.#toRead('keys', () => {
      const columns = this.layout.key.columns.map(selected).join(', ');
      return `SELECT ${columns} FROM ${this.#table} WHERE ${PARTITION} = ?`;
    });
  }

  /** Parameters: partition, largest value of the first column of the index. */
  expire(index: readonly number[]): Write {
    this.#expire ??= this.#db.prepare<[SqlValue[]]>(
      `DELETE FROM ${this.#table} WHERE ${PARTITION} = ? AND ${this.#key[index[0] ?? 0]} <= ?`,
    );
    return this.#expire;
  }

  clear(): Write {
    return this.#db.prepare<[SqlValue[]]>(`DELETE FROM ${this.#table} WHERE ${PARTITION} = ?`);
  }

  /** Parameters: partition, key, value and timestamp of each row. */
  upsert(rows: number): Write {
    return this.#perCount(this.#upserts, rows, () => {
      const columns = [PARTITION, ...this.#key, ...liveColumns(this.layout.value).map((each) => quoted(each.name))];
      const head = `REPLACE INTO ${this.#table} (${columns.join(', ')}, ${TIMESTAMP})`;
      return `${head} VALUES ${rowsOf(rows, this.rowWidth)}`;
    });
  }

  /** Parameters: partition and key of each row. */
  remove(rows: number): Write {
    return this.#perCount(this.#removals, rows, () => {
      const names = [PARTITION, ...this.#key].join(', ');
      return `DELETE FROM ${this.#table} WHERE (${names}) IN (VALUES ${rowsOf(rows, 1 + this.keyWidth)})`;
    });
  }

  /** Key columns, value columns and timestamp. Parameters: partition, lower key, upper key, prefix, its end, limit. */
  range(shape: RangeShape): Read {
    const { lower, upper, prefix, reverse } = shape;
    const id = `${lower} ${upper} ${prefix?.at} ${prefix?.isBounded} ${reverse}`;
    return this.#toRead(id, () => this.#rangeText(shape));
  }

  #rangeText({ lower, upper, prefix, reverse }: RangeShape): string {
    const where = [`${PARTITION} = ?`];
    if (lower !== undefined) where.push(this.#compared(lower));
    if (upper !== undefined) where.push(this.#compared(upper));
    const text = prefix && this.#key[prefix.at];
    if (text !== undefined) where.push(`${text} >= ?`);
    if (prefix?.isBounded === true) where.push(`${text} < ?`);
    const columns = [...this.layout.key.columns.map(selected), this.#valueList].join(', ');
    const order = [PARTITION, ...this.#key].map((name) => `${name} ${reverse ? 'DESC' : 'ASC'}`).join(', ');
    return `SELECT ${columns} FROM ${this.#table} WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ?`;
  }

  /** Key columns, value columns and timestamp. Parameters: partition, least and largest of the first column, limit. */
  byIndex(index: readonly number[], reverse: boolean): Read {
    return this.#toRead(`by index ${index} ${reverse}`, () => {
      const key = index.map((at) => this.#key[at] ?? PARTITION);
      const columns = [...this.layout.key.columns.map(selected), this.#valueList].join(', ');
      const order = [...new Set([...key, ...this.#key])].map((each) => (reverse ? `${each} DESC` : each)).join(', ');
      const where = `${PARTITION} = ? AND ${key[0]} BETWEEN ? AND ?`;
      return `SELECT ${columns} FROM ${this.#table} WHERE ${where} ORDER BY ${order} LIMIT ?`;
    });
  }

  #compared(operator: string): string {
    return `(${this.#key.join(', ')}) ${operator} (${placeholders(this.keyWidth)})`;
  }

  #toRead(id: string, sql: () => string): Read {
    let statement = this.#reads.get(id);
    if (statement === undefined) {
      statement = this.#db.prepare<SqlValue[], SqlValue[]>(sql()).raw(true);
      this.#reads.set(id, statement);
    }
    return statement;
  }

  #perCount(of: Map<number, Write>, rows: number, sql: () => string): Write {
    let statement = of.get(rows);
    if (statement === undefined) {
      statement = this.#db.prepare<[SqlValue[]]>(sql());
      of.set(rows, statement);
    }
    return statement;
  }
}

function rowsOf(rows: number, width: number): string {
  const row = `(${placeholders(width)})`;
  return Array.from({ length: rows }, () => row).join(', ');
}

/** Integers that may be beyond 2^53 come as text, or they would be rounded. */
function selected({ name, wide }: StoredColumn): string {
  return wide === true ? `CAST(${quoted(name)} AS TEXT)` : quoted(name);
}
