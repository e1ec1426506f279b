import Database from 'better-sqlite3';
import { failure, isMillraceError } from '../../errors.ts';

/** Time that a lock is waited for without giving way to other work of this process. */
export const BUSY_TIMEOUT_MS = 100;

/** True where another connection holds the lock that was wanted. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** What an error of SQLite means to who runs the log; other errors are passed on as they are. */
export function sqliteFailure(error: unknown, path: string): unknown {
  if (isMillraceError(error) || !(error instanceof Database.SqliteError)) return error;
  const { code, message } = error;
  if (isBusy(error)) return failure('LOG_BUSY', { path, waitedMs: BUSY_TIMEOUT_MS }, error);
  const reason = `${code}: ${message}`;
  if (code.startsWith('SQLITE_FULL')) return failure('LOG_DISK_FULL', { path }, error);
  if (code.startsWith('SQLITE_NOTADB')) return failure('LOG_FOREIGN', { path, reason }, error);
  if (code.startsWith('SQLITE_CORRUPT')) return failure('LOG_DAMAGED', { path, reason }, error);
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code)) return failure('LOG_NOT_WRITABLE', { path, reason }, error);
  return failure('LOG_FAILED', { path, reason }, error);
}
