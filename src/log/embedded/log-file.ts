import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { failure } from '../../errors.ts';
import { migrate, needsMigration } from './schema.ts';
import { BUSY_TIMEOUT_MS, isBusy, sqliteFailure } from './sqlite-failure.ts';
import { Watch } from './watch.ts';

/** How a statement's parameters and rows look to its caller. */
export type Statement<P extends unknown[], R = unknown> = Database.Statement<P, R>;

export interface LogFileOptions {
  /**
   * What a commit survives: `os` the death of the process, `fsync` a power cut too. Default `os`: like Kafka, which
   * acknowledges from memory, it costs no wait for the disk, and after a power cut the file is older but whole. `fsync`
   * is for a log that is the only copy of its records.
   */
  readonly durability?: 'fsync' | 'os';
  /** Open only what exists. Default false: an empty log is made. */
  readonly mustExist?: boolean;
  /** How long a write waits for another process. Default 30 000. */
  readonly lockTimeoutMs?: number;
}

const RETRY_MS = 5;

/** The one SQLite file of an embedded log: its connection, its transactions, its errors. */
export class LogFile {
  readonly path: string;
  readonly watch: Watch;
  readonly #db: Database.Database;
  readonly #lockTimeoutMs: number;

  private constructor(path: string, options: LogFileOptions) {
    this.path = path;
    this.#lockTimeoutMs = options.lockTimeoutMs ?? 30_000;
    if (options.mustExist !== true) mkdirSync(dirname(path), { recursive: true });
    this.#db = new Database(path, { timeout: BUSY_TIMEOUT_MS, fileMustExist: options.mustExist ?? false });
    const dataVersion = this.#db.prepare<[], number>('PRAGMA data_version').pluck();
    this.watch = new Watch(() => (this.#db.open ? (dataVersion.get() ?? 0) : 0));
  }

  /** Throws LOG_MISSING, LOG_FOREIGN, LOG_NEWER, LOG_NOT_WRITABLE, LOG_BUSY. */
  static async open(path: string, options: LogFileOptions = {}): Promise<LogFile> {
    const file = LogFile.#connect(path, options);
    try {
      const old = await file.#retried(() => needsMigration(file.#db));
      await file.#retried(() => file.#prepareConnection(options.durability ?? 'os'));
      if (old) await file.write(() => migrate(file.#db));
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  static #connect(path: string, options: LogFileOptions): LogFile {
    if (options.mustExist === true && !existsSync(path)) throw failure('LOG_MISSING', { path });
    try {
      return new LogFile(path, options);
    } catch (error) {
      if (error instanceof Database.SqliteError) throw sqliteFailure(error, path);
      throw failure('LOG_NOT_WRITABLE', { path, reason: error instanceof Error ? error.message : error }, error);
    }
  }

  #prepareConnection(durability: 'fsync' | 'os'): void {
    // Batches are kilobytes: larger pages need fewer links between them. Only a new file takes it.
    this.#db.pragma('page_size = 8192');
    // Readers never wait for the writer, and a commit is one write to one file.
    this.#db.pragma('journal_mode = WAL');
    // FULL syncs the WAL at every commit, NORMAL only when it is moved into the file.
    this.#db.pragma(`synchronous = ${durability === 'fsync' ? 'FULL' : 'NORMAL'}`);
    // 32 MiB of WAL: moving it less often writes the pages that each commit touches less often.
    this.#db.pragma('wal_autocheckpoint = 4096');
    // A WAL that grew behind a long reader gives the disk back.
    this.#db.pragma('journal_size_limit = 67108864');
    this.#db.pragma('cache_size = -65536');
  }

  get isOpen(): boolean {
    return this.#db.open;
  }

  prepare<P extends unknown[], R = unknown>(sql: string): Statement<P, R> {
    return this.#db.prepare<P, R>(sql);
  }

  /** Reads, with errors that make sense to a user. */
  read<T>(work: () => T): T {
    try {
      if (!this.#db.open) throw failure('LOG_CLOSED', { path: this.path });
      return work();
    } catch (error) {
      throw sqliteFailure(error, this.path);
    }
  }

  /**
   * Runs `work` in one write transaction: all of it counts, or nothing. `work` may run again where the lock was taken.
   * Throws LOG_BUSY and what else can befall a file.
   */
  async write<T>(work: () => T): Promise<T> {
    const transaction = this.#db.transaction(work);
    const result = await this.#retried(() => transaction.immediate());
    this.watch.notify();
    return result;
  }

  /** Lets other work of this process go on while another process holds the lock. */
  async #retried<T>(work: () => T): Promise<T> {
    const start = performance.now();
    for (;;) {
      try {
        if (!this.#db.open) throw failure('LOG_CLOSED', { path: this.path });
        return work();
      } catch (error) {
        if (!isBusy(error)) throw sqliteFailure(error, this.path);
        const waitedMs = Math.round(performance.now() - start);
        if (waitedMs >= this.#lockTimeoutMs) throw failure('LOG_BUSY', { path: this.path, waitedMs }, error);
      }
      await sleep(RETRY_MS);
    }
  }

  close(): void {
    this.watch.close();
    this.#db.close();
  }
}
