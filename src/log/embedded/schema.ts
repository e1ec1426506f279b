import type Database from 'better-sqlite3';
import { failure } from '../../errors.ts';

/** `MLog`: tells the file from any other SQLite file. */
const APPLICATION_ID = 0x4d4c6f67;

/**
 * The steps from an empty file to the format of today, in order; `user_version` counts the steps that a file has taken.
 * A step that was released is never changed.
 */
const STEPS: readonly string[] = [
  `CREATE TABLE topics (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE,
     partitions INTEGER NOT NULL,
     config TEXT NOT NULL
   ) STRICT;
   CREATE TABLE partitions (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     topic_id INTEGER NOT NULL,
     partition INTEGER NOT NULL,
     log_start INTEGER NOT NULL DEFAULT 0,
     end_offset INTEGER NOT NULL DEFAULT 0,
     -- All before it has been through compaction.
     cleaned_to INTEGER NOT NULL DEFAULT 0,
     -- Before and after that offset, about: tells whether compaction is worth its while.
     clean_bytes INTEGER NOT NULL DEFAULT 0,
     dirty_bytes INTEGER NOT NULL DEFAULT 0,
     UNIQUE (topic_id, partition)
   ) STRICT;
   -- Kafka's record batches as they are. A table with rowids: without them every search would drag the bytes along.
   CREATE TABLE batches (
     id INTEGER PRIMARY KEY,
     partition_id INTEGER NOT NULL,
     base_offset INTEGER NOT NULL,
     last_offset INTEGER NOT NULL,
     max_timestamp INTEGER NOT NULL,
     -- When compaction first passed it: from then on the time of its tombstones runs.
     cleaned_at INTEGER,
     -- As counted then.
     tombstones INTEGER NOT NULL DEFAULT 0,
     bytes BLOB NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX batches_by_offset ON batches (partition_id, base_offset);
   CREATE TABLE committed_offsets (
     group_name TEXT NOT NULL,
     topic TEXT NOT NULL,
     partition INTEGER NOT NULL,
     position INTEGER NOT NULL,
     committed_at INTEGER NOT NULL,
     PRIMARY KEY (group_name, topic, partition)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE producers (
     transactional_id TEXT PRIMARY KEY,
     epoch INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE groups (
     name TEXT PRIMARY KEY,
     -- Given to each member that joins, one higher each time.
     epoch INTEGER NOT NULL,
     -- Counts what members must hear of.
     version INTEGER NOT NULL,
     topology TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE members (
     group_name TEXT NOT NULL,
     member_id TEXT NOT NULL,
     process_id TEXT NOT NULL,
     endpoint TEXT,
     epoch INTEGER NOT NULL,
     seen_at INTEGER NOT NULL,
     session_timeout_ms INTEGER NOT NULL,
     rebalance_timeout_ms INTEGER NOT NULL,
     PRIMARY KEY (group_name, member_id)
   ) STRICT, WITHOUT ROWID;
   -- Which sub-topology reads a topic: tells whose offsets a member may commit.
   CREATE TABLE group_sources (
     group_name TEXT NOT NULL,
     topic TEXT NOT NULL,
     subtopology INTEGER NOT NULL,
     PRIMARY KEY (group_name, topic, subtopology)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE assignments (
     group_name TEXT NOT NULL,
     subtopology INTEGER NOT NULL,
     partition INTEGER NOT NULL,
     -- Who is to run it, and who may be running it: two members while the task moves.
     target TEXT,
     owner TEXT,
     -- Since when the owner is asked to give it up.
     revoked_at INTEGER,
     PRIMARY KEY (group_name, subtopology, partition)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE schemas (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     -- The schema with its attributes sorted: equal for equal schemas.
     identity TEXT NOT NULL UNIQUE,
     schema TEXT NOT NULL
   ) STRICT;
   CREATE TABLE subjects (
     subject TEXT NOT NULL,
     version INTEGER NOT NULL,
     schema_id INTEGER NOT NULL,
     PRIMARY KEY (subject, version)
   ) STRICT, WITHOUT ROWID;`,
  // The largest timestamp before the position; null where it is not known.
  'ALTER TABLE committed_offsets ADD COLUMN partition_time INTEGER;',
];

/**
 * True where the file is to be brought to the format of today. Only reads, so that a file of somebody else is refused
 * untouched. Throws LOG_FOREIGN, LOG_NEWER.
 */
export function needsMigration(db: Database.Database): boolean {
  const version = versionOf(db);
  const application = Number(db.pragma('application_id', { simple: true }));
  const path = db.name;
  if (application !== APPLICATION_ID && (application !== 0 || version !== 0 || hasTables(db))) {
    throw failure('LOG_FOREIGN', { path, reason: `its application id is ${application}` });
  }
  if (version > STEPS.length) throw failure('LOG_NEWER', { path, found: version, known: STEPS.length });
  return version < STEPS.length;
}

/** Takes the steps that are missing. Run inside a write transaction; another process may have been first. */
export function migrate(db: Database.Database): void {
  for (const step of STEPS.slice(versionOf(db))) db.exec(step);
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.pragma(`user_version = ${STEPS.length}`);
}

function versionOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function hasTables(db: Database.Database): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined;
}
