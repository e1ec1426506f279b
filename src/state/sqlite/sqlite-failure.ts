import Database from 'better-sqlite3';
import { failure, type MillraceError } from '../../errors.ts';

const FULL = 'Free some space: the same is written again with the next commit.';
const BUSY = 'End the program that has it open for writing.';
const DISK = 'Check the disk and the rights of the directory.';

/** What to say of SQLite's codes, which come with an extension (`SQLITE_IOERR_WRITE`). */
const ADVICE: readonly (readonly [code: string, advice: string])[] = [
  ['SQLITE_FULL', FULL],
  ['SQLITE_BUSY', BUSY],
  ['SQLITE_LOCKED', BUSY],
  ['SQLITE_IOERR', DISK],
  ['SQLITE_READONLY', DISK],
  ['SQLITE_CANTOPEN', DISK],
];

/** STATE_FILE_DAMAGED or STATE_FILE_WRITE_FAILED, where an error of a write is one of these; else the error itself. */
export function writeFailure(path: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const advice = ADVICE.find(([code]) => error.code.startsWith(code))?.[1];
  if (advice === undefined) return damage(path, error) ?? error;
  return failure('STATE_FILE_WRITE_FAILED', { path, reason: error.message, advice }, error);
}

/** STATE_FILE_DAMAGED or STATE_FILE_UNREADABLE, where SQLite cannot read; else the error itself. */
export function readFailure(path: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  return (
    damage(path, error, 'SQLITE_IOERR') ?? failure('STATE_FILE_UNREADABLE', { path, reason: error.message }, error)
  );
}

/** As `readFailure`, and STATE_FILE_UNOPENABLE where the file cannot be had at all. */
export function openFailure(path: string, error: unknown): unknown {
  if (isFileSystemError(error)) return failure('STATE_FILE_UNOPENABLE', { path, reason: error.message }, error);
  if (!(error instanceof Database.SqliteError)) return error;
  const damaged = damage(path, error);
  return damaged ?? failure('STATE_FILE_UNOPENABLE', { path, reason: error.message }, error);
}

export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function damage(
  path: string,
  error: InstanceType<typeof Database.SqliteError>,
  also?: string,
): MillraceError | undefined {
  const isDamage = ['SQLITE_CORRUPT', 'SQLITE_NOTADB', ...(also === undefined ? [] : [also])].some((code) =>
    error.code.startsWith(code),
  );
  return isDamage ? failure('STATE_FILE_DAMAGED', { path, reason: error.message }, error) : undefined;
}

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
