import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { failure } from '../../errors.ts';
import { checkFormat, migrate } from './migrations.ts';
import { openFailure } from './sqlite-failure.ts';

/** Opens or makes a state file for its one writer. Throws the STATE_FILE_… errors of a file that cannot be used. */
export function openDatabase(path: string): Database.Database {
  return opening(path, {}, (db) => {
    // Before anything is written: a file that is not ours stays as it is.
    checkFormat(db, path);
    // Readers see committed snapshots and never block the writer.
    db.pragma('journal_mode = WAL');
    // No fsync a commit: after a power cut the file is older but whole, and catches up from the changelogs.
    db.pragma('synchronous = NORMAL');
    // 64 MB of pages: a commit touches most inner pages of its tables, which must not be read again each time.
    db.pragma('cache_size = -64000');
    // Sorts and scratch tables are small and short-lived.
    db.pragma('temp_store = MEMORY');
    // Pages go back into the file after 32 MB of WAL, not after 4: between two times most of them are written often.
    db.pragma('wal_autocheckpoint = 8000');
    // One huge commit must not leave a huge WAL behind for good.
    db.pragma('journal_size_limit = 67108864');
    migrate(db);
  });
}

/** Opens a state file for reading, also while a worker writes to it. Throws STATE_FILE_MISSING and as `openDatabase`. */
export function openDatabaseToRead(path: string): Database.Database {
  if (!existsSync(path)) throw failure('STATE_FILE_MISSING', { path });
  return opening(path, { readonly: true }, (db) => {
    // A second lock on the door: not even a temporary table.
    db.pragma('query_only = ON');
    if (!checkFormat(db, path)) throw failure('STATE_FILE_MISSING', { path });
  });
}

function opening(path: string, options: Database.Options, setUp: (db: Database.Database) => void): Database.Database {
  let db: Database.Database | undefined;
  try {
    // Readers of other programs may hold the file for moments, as while a WAL is recovered.
    db = new Database(path, { timeout: 5_000, ...options });
    setUp(db);
    return db;
  } catch (error) {
    db?.close();
    throw openFailure(path, error);
  }
}
