import type { Database, Statement } from 'better-sqlite3';
import { assert } from '../../util/assert.ts';
import type { Checkpoint, CommittedTable, Identity, StateBackend, StoreSpec } from '../store.ts';
import { writeAway } from './away.ts';
import { Catalogue } from './catalogue.ts';
import { readFailure, writeFailure } from './sqlite-failure.ts';
import { SqliteTable } from './sqlite-table.ts';
import { StoreStatements } from './statements.ts';

export interface SqliteBackendOptions {
  readonly path: string;
  readonly identity: Identity;
  /** The topics in which the rows of a store can be read again, for who reads the file. */
  readonly topicsOf: (store: string) => readonly string[];
  /** Called when the file is closed. */
  readonly onClose: () => void;
}

/** Committed state in a state file. `openStateFile` makes it. */
export class SqliteBackend implements StateBackend {
  readonly identity: Identity;
  readonly #db: Database;
  readonly #path: string;
  readonly #catalogue: Catalogue;
  readonly #onClose: () => void;
  /** Of stores opened before: their partitions share them. */
  readonly #statements = new Map<string, StoreStatements>();
  readonly #control: ControlStatements;

  constructor(db: Database, { path, identity, topicsOf, onClose }: SqliteBackendOptions) {
    this.identity = identity;
    this.#db = db;
    this.#path = path;
    this.#catalogue = new Catalogue(db, path, topicsOf);
    this.#onClose = onClose;
    this.#control = controlStatements(db);
  }

  table<K, V>(spec: StoreSpec<K, V>, partition: number): CommittedTable<K, V> {
    assert(!this.#db.inTransaction, 'a table is opened inside a commit');
    try {
      const layout = this.#catalogue.open(spec);
      const signature = JSON.stringify(layout);
      const statements = this.#statements.get(signature) ?? new StoreStatements(this.#db, layout);
      this.#statements.set(signature, statements);
      return new SqliteTable({ path: this.#path, spec, partition, statements, checkCommit: this.#checkCommit });
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
  }

  checkpoints(): readonly Checkpoint[] {
    try {
      return this.#control.checkpoints.all();
    } catch (error) {
      throw readFailure(this.#path, error);
    }
  }

  commit(write: () => void, checkpoints: readonly Checkpoint[]): void {
    assert(!this.#db.inTransaction, 'a commit within a commit');
    try {
      this.#control.begin.run();
      write();
      for (const each of checkpoints) this.#control.checkpoint.run(each);
      this.#control.commit.run();
    } catch (error) {
      this.#rollback();
      throw writeFailure(this.#path, error);
    }
  }

  own(stores: readonly string[], isHere: (store: string, partition: number) => boolean): void {
    try {
      writeAway(this.#db, stores, isHere);
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
  }

  forget(partitions: readonly { readonly topic: string; readonly partition: number }[]): void {
    try {
      for (const { topic, partition } of partitions) this.#control.forget.run({ topic, partition });
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
  }

  close(): void {
    if (!this.#db.open) return;
    try {
      // The last one to close a file writes its WAL back; a reader that is still there would keep us from that.
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // What is in the WAL is safe there.
    } finally {
      this.#db.close();
      this.#onClose();
    }
  }

  /** SQLite itself ends the transaction on some errors, such as a full disk. */
  #rollback(): void {
    if (this.#db.inTransaction) this.#control.rollback.run();
  }

  readonly #checkCommit = (): void => {
    assert(this.#db.inTransaction, 'a table is written only inside a commit');
  };
}

interface ControlStatements {
  readonly begin: Statement<[]>;
  readonly commit: Statement<[]>;
  readonly rollback: Statement<[]>;
  readonly checkpoints: Statement<[], Checkpoint>;
  readonly checkpoint: Statement<[Checkpoint]>;
  readonly forget: Statement<[{ topic: string; partition: number }]>;
}

function controlStatements(db: Database): ControlStatements {
  return {
    // Immediate: a transaction that began as a read could fail half-way, when it comes to write.
    begin: db.prepare<[]>('BEGIN IMMEDIATE'),
    commit: db.prepare<[]>('COMMIT'),
    rollback: db.prepare<[]>('ROLLBACK'),
    checkpoints: db.prepare<[], Checkpoint>(
      'SELECT topic, partition, "offset", time FROM _checkpoints ORDER BY topic, partition',
    ),
    checkpoint: db.prepare<[Checkpoint]>(
      'REPLACE INTO _checkpoints (topic, partition, "offset", time) VALUES (@topic, @partition, @offset, @time)',
    ),
    forget: db.prepare<[{ topic: string; partition: number }]>(
      'DELETE FROM _checkpoints WHERE topic = @topic AND partition = @partition',
    ),
  };
}
