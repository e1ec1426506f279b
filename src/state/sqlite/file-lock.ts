import Database from 'better-sqlite3';
import { isBusy } from './sqlite-failure.ts';

/**
 * That only one process writes a state file. A transaction is held open on an empty SQLite file beside it, so the lock
 * is one of the operating system: it ends with the process, however that ends, and readers of the state file never
 * meet it. The file is never deleted: to do so would let two processes hold locks on two files of the same name.
 */
export class FileLock {
  readonly #db: Database.Database;

  private constructor(db: Database.Database) {
    this.#db = db;
  }

  /** Undefined where another one has it. */
  static take(path: string): FileLock | undefined {
    const db = new Database(`${path}.lock`, { timeout: 0 });
    try {
      db.exec('BEGIN EXCLUSIVE');
      return new FileLock(db);
    } catch (error) {
      db.close();
      if (isBusy(error)) return undefined;
      throw error;
    }
  }

  release(): void {
    this.#db.close();
  }
}
