import type { Database } from 'better-sqlite3';
import { readStoreNames } from './catalogue.ts';
import { quoted } from './sql-text.ts';
import { PARTITION } from './store-layout.ts';

/**
 * Partitions whose rows are in the file, but that another worker has now, as `{ "store": [1, 2] }` in the table `_meta`.
 * Their rows are warm if they come back; a reader leaves them out, since they are no longer kept up to date.
 */
type Away = Readonly<Record<string, readonly number[]>>;

const NAME = 'away';

/** Notes what of these stores is not here. Other stores, such as global tables, are here always. */
export function writeAway(
  db: Database,
  stores: readonly string[],
  isHere: (store: string, partition: number) => boolean,
): void {
  const known = readStoreNames(db).filter((store) => stores.includes(store));
  const away = known.map((store) => [store, partitionsOf(db, store).filter((each) => !isHere(store, each))] as const);
  const value: Away = Object.fromEntries(away.filter(([, partitions]) => partitions.length > 0));
  db.prepare('REPLACE INTO _meta (name, value) VALUES (?, ?)').run(NAME, JSON.stringify(value));
}

/** Partitions of a store whose rows are not to be shown. */
export function readAway(db: Database, store: string): readonly number[] {
  const value = db.prepare<[string], string>('SELECT value FROM _meta WHERE name = ?').pluck().get(NAME);
  if (value === undefined) return [];
  // Written above.
  const away = JSON.parse(value) as Away;
  return Object.hasOwn(away, store) ? (away[store] ?? []) : [];
}

/** Partitions that a store has rows of, shown or not: one look into the index for each, not at each row. */
export function partitionsOf(db: Database, store: string): number[] {
  const table = quoted(store);
  const next = `SELECT min(${PARTITION}) FROM ${table} WHERE ${PARTITION} > n`;
  return db
    .prepare<[], number>(
      `WITH RECURSIVE partitions(n) AS (
         SELECT min(${PARTITION}) FROM ${table} UNION ALL SELECT (${next}) FROM partitions WHERE n IS NOT NULL
       ) SELECT n FROM partitions WHERE n IS NOT NULL`,
    )
    .pluck()
    .all();
}

/** A condition that is true of the rows that are shown. */
export function shown(away: readonly number[]): string {
  return away.length === 0 ? '' : ` WHERE ${PARTITION} NOT IN (${away.join(', ')})`;
}
