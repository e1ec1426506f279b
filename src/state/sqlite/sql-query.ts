import Database from 'better-sqlite3';
import { failure } from '../../errors.ts';
import type { SqlValue } from '../../serde/serde.ts';
import { nearest } from '../../util/nearest.ts';
import { type Plain, renderValue } from './rendering.ts';
import { quoted } from './sql-text.ts';
import { readFailure } from './sqlite-failure.ts';

export interface SqlResult {
  readonly columns: readonly string[];
  /** As many values as columns; integers beyond 2^53 are bigints, bytes hexadecimal text. */
  readonly rows: readonly (readonly Plain[])[];
}

export interface SqlRequest {
  readonly text: string;
  readonly params: readonly SqlValue[];
  /** For errors. */
  readonly path: string;
  readonly stores: readonly string[];
}

/** Runs one statement that reads. Throws SQL_INVALID, also for a statement that would write. */
export function runSql(db: Database.Database, request: SqlRequest): SqlResult {
  const { text, params, path } = request;
  try {
    const statement = db.prepare<SqlValue[], SqlValue[]>(text);
    if (!statement.reader || !statement.readonly) throw refusal(db, request, 'it is no SELECT');
    const rows = statement
      .raw(true)
      .safeIntegers(true)
      .all(...params);
    return { columns: statement.columns().map(({ name }) => name), rows: rows.map((row) => row.map(renderValue)) };
  } catch (error) {
    throw isSqlMistake(error) ? refusal(db, request, withoutPeriod(error.message), error) : readFailure(path, error);
  }
}

/** Errors of the text or its parameters: the driver reports several statements and wrong parameters with its own. */
function isSqlMistake(error: unknown): error is Error {
  if (error instanceof Database.SqliteError)
    return ['SQLITE_ERROR', 'SQLITE_READONLY', 'SQLITE_AUTH'].includes(error.code);
  return error instanceof RangeError || error instanceof TypeError;
}

function refusal(db: Database.Database, request: SqlRequest, reason: string, cause?: unknown): Error {
  return failure('SQL_INVALID', { sql: request.text, reason, hint: hintOf(db, request, reason) }, cause);
}

function hintOf(db: Database.Database, { text, stores }: SqlRequest, reason: string): string {
  const table = /^no such table: (.+)$/.exec(reason)?.[1];
  const meant = table && nearest(table, stores);
  if (meant !== undefined && meant !== '') return `Did you mean ${quoted(meant)}, in double quotes?`;
  const asked = stores.filter((store) => text.includes(store));
  if (reason.startsWith('no such column:') && asked.length > 0)
    return asked.map((store) => `The columns of ${quoted(store)} are ${columnsOf(db, store).join(', ')}.`).join(' ');
  return `Give one SELECT, and nothing else. Its tables are the stores: ${stores.map(quoted).join(', ') || 'none yet'}.`;
}

function columnsOf(db: Database.Database, store: string): string[] {
  const rows = db.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)').all(store);
  return rows.map(({ name }) => quoted(name));
}

function withoutPeriod(message: string): string {
  return message.replace(/\.$/, '');
}
