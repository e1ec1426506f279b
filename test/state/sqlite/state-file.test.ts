import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLayout } from '../../../src/state/sqlite/catalogue.ts';
import { openDatabase } from '../../../src/state/sqlite/database.ts';
import { SqliteBackend } from '../../../src/state/sqlite/sqlite-backend.ts';
import { openStateFile } from '../../../src/state/sqlite/state-file.ts';
import { StoreStatements } from '../../../src/state/sqlite/statements.ts';
import type { StateBackend, StoreSpec } from '../../../src/state/store.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';
import { testInteger, testString } from '../../support/test-serdes.ts';

const words: StoreSpec<string, string> = { name: 'words', key: testString, value: testString };
const input = { topic: 'orders', partition: 0, offset: 7, time: 1 };

let directory: TemporaryDirectory;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'thread-1.db');
});
afterEach(() => directory.remove());

function open(): StateBackend {
  return openStateFile({ path, applicationId: 'app', topology: 'orders' });
}

function makeFile(rows = 1): void {
  const backend = open();
  const table = backend.table(words, 0);
  const changes = Array.from({ length: rows }, (_, i) => ({ key: `key-${i}`, value: 'x'.repeat(100), timestamp: i }));
  backend.commit(() => table.write(changes), [input]);
  backend.close();
}

function error(code: string, ...texts: string[]): unknown {
  return expect.objectContaining({ code, message: expect.stringMatching(new RegExp(texts.join('.*'), 's')) });
}

describe('the file', () => {
  it('is one whole file after closing, which any SQLite tool reads', () => {
    makeFile(3);
    expect(existsSync(`${path}-wal`)).toBe(false);
    const db = new Database(path, { readonly: true });
    expect(db.prepare('SELECT * FROM words ORDER BY key LIMIT 1').get()).toEqual({
      _partition: 0,
      key: 'key-0',
      value: 'x'.repeat(100),
      _timestamp: 0,
    });
    expect(db.prepare(`SELECT value FROM _meta WHERE name = 'topology'`).pluck().get()).toBe('orders');
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
  });

  it('is truncated of its WAL at closing even while someone reads it', () => {
    const backend = open();
    const reader = new Database(path, { readonly: true });
    reader.prepare('SELECT * FROM _meta').all();
    const table = backend.table(words, 0);
    backend.commit(() => table.write([{ key: 'a', value: 'b', timestamp: 0 }]), []);
    backend.close();
    expect(statSync(`${path}-wal`).size).toBe(0);
    expect(reader.prepare('SELECT value FROM words').pluck().get()).toBe('b');
    reader.close();
  });

  it('finds rows by the primary key in every statement of the hot path', () => {
    makeFile();
    const db = new Database(path, { readonly: true });
    const layout = readLayout(db, 'words');
    if (layout === undefined) throw new Error('no store');
    const statements = new StoreStatements(db, layout);
    const plan = ({ source }: { readonly source: string }): string =>
      JSON.stringify(db.prepare(`EXPLAIN QUERY PLAN ${source}`).all(...Array(source.split('?').length - 1).fill(0)));
    const page = statements.range({ lower: '>', upper: undefined, prefix: undefined, reverse: false });
    expect(plan(statements.get())).toContain('SEARCH words USING PRIMARY KEY (_partition=? AND key=?)');
    expect(plan(statements.remove(50))).toContain('SEARCH words USING PRIMARY KEY (_partition=? AND key=?)');
    expect(plan(page)).toContain('SEARCH words USING PRIMARY KEY (_partition=? AND key>?)');
    expect(plan(page)).not.toContain('TEMP B-TREE');
    db.close();
  });
});

describe('opening refuses', () => {
  it('a file of another application, and leaves it as it is', () => {
    makeFile();
    const before = readFileSync(path);
    expect(() => openStateFile({ path, applicationId: 'other' })).toThrow(
      error('STATE_FILE_FOREIGN', path, `application 'app', not to 'other'`),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
    open().close();
  });

  it('an SQLite file of another program, and leaves it as it is', () => {
    const db = new Database(path);
    db.exec('CREATE TABLE precious (x)');
    db.close();
    const before = readFileSync(path);
    expect(open).toThrow(error('STATE_FILE_FOREIGN', 'another program'));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('a file of a newer format, with both versions', () => {
    makeFile();
    const db = new Database(path);
    db.pragma('user_version = 99');
    db.close();
    expect(open).toThrow(error('STATE_FILE_NEWER', 'format 99', 'up to 1'));
  });

  it('what is no SQLite file, or a damaged one', () => {
    writeFileSync(path, 'this is not a database, whatever its name says'.repeat(100));
    expect(open).toThrow(error('STATE_FILE_DAMAGED', 'not a database', 'Move it away', 'restored from the changelogs'));
  });

  it('a path that cannot be made', () => {
    writeFileSync(path, '');
    const below = join(path, 'below', 'thread-1.db');
    expect(() => openStateFile({ path: below, applicationId: 'app' })).toThrow(error('STATE_FILE_UNOPENABLE', 'below'));
    mkdirSync(join(directory.path, 'directory.db'));
    expect(() => openStateFile({ path: join(directory.path, 'directory.db'), applicationId: 'app' })).toThrow(
      error('STATE_FILE_UNOPENABLE', 'directory.db'),
    );
  });

  it('takes an empty file as new', () => {
    writeFileSync(path, '');
    makeFile();
    const backend = open();
    expect(backend.checkpoints()).toEqual([input]);
    backend.close();
  });
});

it('says so when a damaged page is met later', () => {
  makeFile(5000);
  const file = openSync(path, 'r+');
  const size = statSync(path).size;
  for (let page = 8; page * 4096 < size; page++) writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, page * 4096);
  closeSync(file);
  const backend = open();
  const table = backend.table(words, 0);
  expect(() => [...table.range({})]).toThrow(error('STATE_FILE_DAMAGED', path, 'malformed'));
  backend.close();
});

describe('the lock', () => {
  it('keeps a second one out, and is free after closing', () => {
    const backend = open();
    expect(open).toThrow(error('STATE_FILE_LOCKED', `process ${process.pid}`, 'another state directory'));
    backend.close();
    backend.close();
    open().close();
  });

  it('is free after a refused opening', () => {
    makeFile();
    expect(() => openStateFile({ path, applicationId: 'other' })).toThrow();
    open().close();
  });

  it('names the process that holds it, ends with its kill, and does not keep readers out', async () => {
    const holder = spawn(process.execPath, [join(import.meta.dirname, 'hold-state-file.ts'), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(holder.stdout, 'data');
      expect(open).toThrow(error('STATE_FILE_LOCKED', `process ${holder.pid}`));
      const reader = new Database(path, { readonly: true });
      expect(reader.prepare('SELECT value FROM held').pluck().get()).toBe('yes');
      reader.close();
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    const backend = open();
    expect(backend.checkpoints()).toEqual([input]);
    backend.close();
  });
});

describe('a full disk', () => {
  it('fails the commit with the reason, leaves nothing of it, and the next one works', () => {
    makeFile();
    const db = openDatabase(path);
    const identity = { memberId: 'm', transactionalId: 't' };
    const backend = new SqliteBackend(db, { path, identity, topicsOf: () => [], onClose: () => {} });
    const table = backend.table(words, 0);
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 5}`);
    const changes = Array.from({ length: 5000 }, (_, i) => ({ key: `big-${i}`, value: 'y'.repeat(50), timestamp: i }));
    const commit = (): void => backend.commit(() => table.write(changes), [{ ...input, offset: 8 }]);
    expect(commit).toThrow(error('STATE_FILE_WRITE_FAILED', path, 'full', 'Free some space'));
    expect(backend.checkpoints()).toEqual([input]);
    expect([...table.range({})]).toHaveLength(1);
    db.pragma('max_page_count = 1000000');
    commit();
    expect(backend.checkpoints()).toEqual([{ ...input, offset: 8 }]);
    expect([...table.range({})]).toHaveLength(5001);
    backend.close();
  });
});

describe('a store', () => {
  it.each(['', '_stores', '_anything', 'sqlite_schema', 'SQLite_x', 'nul\0'])('cannot be named %j', (name) => {
    const backend = open();
    expect(() => backend.table({ ...words, name }, 0)).toThrow(error('STORE_NAME_INVALID'));
    backend.close();
  });

  it('cannot have a name that differs from another in case only', () => {
    const backend = open();
    backend.table(words, 0);
    expect(() => backend.table({ ...words, name: 'Words' }, 0)).toThrow(error('STORE_NAME_INVALID', `'words'`));
    backend.close();
  });

  it('keeps its topics in the catalogue', () => {
    const backend = openStateFile({ path, applicationId: 'app', topicsOf: (store) => [`app-${store}-changelog`] });
    backend.table({ name: 'numbers', key: testInteger, value: testInteger }, 0);
    backend.close();
    const db = new Database(path, { readonly: true });
    expect(db.prepare('SELECT name, topics FROM _stores').all()).toEqual([
      { name: 'numbers', topics: '["app-numbers-changelog"]' },
    ]);
    db.close();
  });
});
