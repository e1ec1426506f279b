import type { Database } from 'better-sqlite3';
import { failure } from '../../errors.ts';
import { type AddedColumn, evolveLayout, type StoreShape } from './layout-evolution.ts';
import { literal, quoted } from './sql-text.ts';
import { PARTITION, parseSide, type StoredColumn, type StoreLayout, TIMESTAMP } from './store-layout.ts';

interface StoreRow {
  readonly name: string;
  readonly key: string;
  readonly value: string;
}

/** The stores of a state file: makes their tables, and keeps what a reader must know of them. */
export class Catalogue {
  readonly #db: Database;
  readonly #path: string;
  readonly #topicsOf: (store: string) => readonly string[];

  constructor(db: Database, path: string, topicsOf: (store: string) => readonly string[]) {
    this.#db = db;
    this.#path = path;
    this.#topicsOf = topicsOf;
  }

  /** Makes the table of a store, or the columns it lacks. Throws STORE_NAME_INVALID and STATE_STORE_CHANGED. */
  open(spec: StoreShape): StoreLayout {
    const stored = readLayout(this.#db, spec.name);
    if (stored === undefined) this.#checkName(spec.name);
    const { layout, added } = evolveLayout(this.#path, spec, stored);
    this.#db
      .transaction(() => {
        if (stored === undefined) this.#create(layout, spec);
        for (const column of added) this.#db.exec(addColumn(layout.name, column));
        this.#save(layout);
      })
      .immediate();
    return layout;
  }

  /**
   * Rows that are also found by an index stand in its order: that of their times, in which they come and go. By their
   * keys each of them would be in a place, and on a page, of its own.
   */
  #create(layout: StoreLayout, { index, keyOrder = true }: StoreShape): void {
    const natural = layout.key.columns.map(({ name }) => quoted(name));
    if (index === undefined) {
      this.#db.exec(createTable(layout, natural));
      return;
    }
    const first = index.flatMap((at) => natural[at] ?? []);
    this.#db.exec(createTable(layout, [...new Set([...first, ...natural])]));
    if (keyOrder) this.#db.exec(createKeyIndex(layout.name, natural));
  }

  #save({ name, key, value }: StoreLayout): void {
    this.#db
      .prepare('REPLACE INTO _stores (name, key, value, topics) VALUES (?, ?, ?, ?)')
      .run(name, JSON.stringify(key), JSON.stringify(value), JSON.stringify(this.#topicsOf(name)));
  }

  #checkName(store: string): void {
    const reason = this.#nameProblem(store);
    if (reason !== undefined) throw failure('STORE_NAME_INVALID', { store, reason });
  }

  #nameProblem(store: string): string | undefined {
    if (store === '') return 'it is empty';
    if (store.includes('\0')) return 'it has a NUL in it';
    if (/^(_|sqlite_)/i.test(store)) return `names that begin with '_' or 'sqlite_' are for the state file itself`;
    const other = readStoreNames(this.#db).find((name) => asciiLower(name) === asciiLower(store));
    return other && `it differs from the store '${other}' only in case, which names of tables do not tell apart`;
  }
}

/** The layout of a store; undefined where the file has no such store. */
export function readLayout(db: Database, store: string): StoreLayout | undefined {
  const row = db.prepare<[string], StoreRow>('SELECT name, key, value FROM _stores WHERE name = ?').get(store);
  return row && { name: row.name, key: parseSide(row.key), value: parseSide(row.value) };
}

export function readStoreNames(db: Database): string[] {
  return db
    .prepare<[], { name: string }>('SELECT name FROM _stores ORDER BY name')
    .all()
    .map(({ name }) => name);
}

function createTable({ name, key, value }: StoreLayout, order: readonly string[]): string {
  const columns = [
    `${PARTITION} INTEGER NOT NULL`,
    ...key.columns.map((column) => `${declaration(column)} NOT NULL`),
    ...value.columns.map(declaration),
    `${TIMESTAMP} INTEGER NOT NULL`,
  ];
  const primaryKey = [PARTITION, ...order];
  return `CREATE TABLE ${quoted(name)} (${columns.join(', ')}, PRIMARY KEY (${primaryKey.join(', ')})) WITHOUT ROWID`;
}

function createKeyIndex(name: string, key: readonly string[]): string {
  return `CREATE INDEX ${quoted(`${name} by key`)} ON ${quoted(name)} (${[PARTITION, ...key].join(', ')})`;
}

function declaration({ name, type }: StoredColumn): string {
  return `${quoted(name)} ${type}`;
}

/** Rows written before have the default, also those written while the field was away for a time. */
function addColumn(store: string, { column, default: value, isBack }: AddedColumn): string {
  const [table, name] = [quoted(store), quoted(column.name)];
  if (isBack) return `UPDATE ${table} SET ${name} = ${literal(value)} WHERE ${name} IS NULL`;
  return `ALTER TABLE ${table} ADD COLUMN ${declaration(column)} DEFAULT ${literal(value)}`;
}

/** SQLite's names fold ASCII letters only. */
function asciiLower(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
