import type { Database } from 'better-sqlite3';
import { failure } from '../../errors.ts';

/** In the header of each state file ('MRst'), so that other SQLite files are not taken for one. */
export const STATE_FILE_ID = 0x4d527374;

/** One for each format, in order. Idempotent, and never changed once released: a new format is a new step. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS _meta (
     name TEXT PRIMARY KEY,
     value TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE IF NOT EXISTS _checkpoints (
     topic TEXT NOT NULL,
     partition INTEGER NOT NULL,
     "offset" INTEGER NOT NULL,
     time INTEGER NOT NULL,
     PRIMARY KEY (topic, partition)
   ) WITHOUT ROWID;
   CREATE TABLE IF NOT EXISTS _stores (
     name TEXT PRIMARY KEY,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     topics TEXT NOT NULL
   ) WITHOUT ROWID;`,
];

export const STATE_FILE_FORMAT = MIGRATIONS.length;

/** Throws STATE_FILE_FOREIGN and STATE_FILE_NEWER. True where the file is a state file; false where it is empty. */
export function checkFormat(db: Database, path: string): boolean {
  const id = number(db, 'PRAGMA application_id');
  if (id === 0 && number(db, 'SELECT count(*) FROM sqlite_schema') === 0) return false;
  if (id !== STATE_FILE_ID) {
    throw failure('STATE_FILE_FOREIGN', { path, found: 'another program', expected: 'Millrace' });
  }
  const found = number(db, 'PRAGMA user_version');
  if (found > STATE_FILE_FORMAT) {
    throw failure('STATE_FILE_NEWER', { path, found, supported: STATE_FILE_FORMAT });
  }
  return true;
}

/** Brings the file to this format, all or nothing. */
export function migrate(db: Database): void {
  const run = db.transaction(() => {
    for (const step of MIGRATIONS.slice(number(db, 'PRAGMA user_version'))) db.exec(step);
    db.pragma(`application_id = ${STATE_FILE_ID}`);
    db.pragma(`user_version = ${STATE_FILE_FORMAT}`);
  });
  if (number(db, 'PRAGMA user_version') < STATE_FILE_FORMAT) run.immediate();
}

function number(db: Database, sql: string): number {
  return Number(db.prepare(sql).pluck().get());
}
