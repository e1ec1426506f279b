import Database from 'better-sqlite3';
import { failure } from '../../errors.ts';
import { assert } from '../../util/assert.ts';
import { shown } from './away.ts';
import type { FileReader } from './file-reader.ts';
import { quoted } from './sql-text.ts';
import { liveColumns, PARTITION, TIMESTAMP } from './store-layout.ts';

/** SQLite attaches ten to the first. */
const MOST_FILES = 11;

/** Runs `use` on a connection that shows each store of several files as one table, without what is processed elsewhere. */
export function withJoinedFiles<T>(files: readonly FileReader[], use: (db: Database.Database) => T): T {
  if (files.length > MOST_FILES) {
    const hint = 'Ask each file for itself.';
    throw failure('SQL_INVALID', { reason: `${files.length} files are more than ${MOST_FILES}`, hint });
  }
  const [first, ...others] = files;
  assert(first !== undefined, 'no files to join');
  // What is attached to a read-only connection is read-only too.
  const db = new Database(first.path, { readonly: true });
  try {
    others.forEach((file, i) => {
      db.prepare(`ATTACH ? AS ${schemaOf(i + 1)}`).run(file.path);
    });
    const stores = new Set(files.flatMap((file) => file.storeNames()));
    for (const store of stores) db.exec(viewOf(store, files));
    db.pragma('query_only = ON');
    return use(db);
  } finally {
    db.close();
  }
}

function schemaOf(file: number): string {
  return file === 0 ? 'main' : `file${file}`;
}

/** The columns of all files; null where a file does not have one yet. */
function viewOf(store: string, files: readonly FileReader[]): string {
  const columns = files.map((file) => columnsOf(file, store));
  const all = [...new Set(columns.flatMap((each) => each ?? []))];
  const parts = columns.flatMap((has, i) => {
    if (has === undefined) return [];
    const list = all.map((name) => (has.includes(name) ? quoted(name) : `NULL AS ${quoted(name)}`));
    return [`SELECT ${list.join(', ')} FROM ${schemaOf(i)}.${quoted(store)}${shown(files[i]?.away(store) ?? [])}`];
  });
  return `CREATE TEMP VIEW ${quoted(store)} AS ${parts.join(' UNION ALL ')}`;
}

function columnsOf(file: FileReader, store: string): string[] | undefined {
  const layout = file.layout(store);
  if (layout === undefined) return undefined;
  const names = [...layout.key.columns, ...liveColumns(layout.value)].map((column) => column.name);
  return [PARTITION, ...names, TIMESTAMP];
}
