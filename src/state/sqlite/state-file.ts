import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { failure } from '../../errors.ts';
import type { Identity, StateBackend } from '../store.ts';
import { openDatabase } from './database.ts';
import { FileLock } from './file-lock.ts';
import { SqliteBackend } from './sqlite-backend.ts';
import { openFailure } from './sqlite-failure.ts';

export interface StateFileOptions {
  /** Its directory is made where it does not exist. */
  readonly path: string;
  readonly applicationId: string;
  /** The name of the topology that writes it, for who reads the file. */
  readonly topology?: string;
  /** The topics in which the rows of a store can be read again, for who reads the file. */
  readonly topicsOf?: (store: string) => readonly string[];
}

/**
 * Opens the state file of a stream thread, or makes it. Only one process can have it open; others can read it.
 * Throws STATE_FILE_LOCKED, STATE_FILE_FOREIGN, STATE_FILE_NEWER, STATE_FILE_DAMAGED, STATE_FILE_UNOPENABLE.
 */
export function openStateFile(options: StateFileOptions): StateBackend {
  const { path, topicsOf = () => [] } = options;
  const lock = takeLock(path);
  let db: Database.Database | undefined;
  try {
    db = openDatabase(path);
    const identity = claim(db, options);
    return new SqliteBackend(db, { path, identity, topicsOf, onClose: () => lock.release() });
  } catch (error) {
    db?.close();
    lock.release();
    throw openFailure(path, error);
  }
}

function takeLock(path: string): FileLock {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const lock = FileLock.take(path);
    if (lock !== undefined) return lock;
  } catch (error) {
    throw openFailure(path, error);
  }
  throw failure('STATE_FILE_LOCKED', { path, holder: holderOf(path) });
}

/** Says who has the file open, as far as it can be told: the file may be made at this very moment. */
function holderOf(path: string): string {
  try {
    const db = new Database(path, { readonly: true });
    try {
      const holder = db.prepare(`SELECT value FROM _meta WHERE name = 'holder'`).pluck().get();
      return typeof holder === 'string' ? `process ${holder}` : 'another process';
    } finally {
      db.close();
    }
  } catch {
    return 'another process';
  }
}

/** Makes the file ours, or checks that it is, and gives the identity it was made with. */
function claim(db: Database.Database, { path, applicationId, topology }: StateFileOptions): Identity {
  const read = db.prepare<[string], string>('SELECT value FROM _meta WHERE name = ?').pluck();
  const write = db.prepare<[string, string]>('REPLACE INTO _meta (name, value) VALUES (?, ?)');
  const keep = (name: string, value: string): string => {
    const kept = read.get(name);
    if (kept === undefined) write.run(name, value);
    return kept ?? value;
  };
  return db
    .transaction(() => {
      const found = keep('application_id', applicationId);
      if (found !== applicationId) {
        throw failure('STATE_FILE_FOREIGN', { path, found: `application '${found}'`, expected: `'${applicationId}'` });
      }
      write.run('holder', `${process.pid} (since ${new Date().toISOString()})`);
      if (topology !== undefined) write.run('topology', topology);
      return { memberId: keep('member_id', randomUUID()), transactionalId: keep('transactional_id', randomUUID()) };
    })
    .immediate();
}
