import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { EmbeddedLog, openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts';
import { LogFile } from '../../../src/log/embedded/log-file.ts';
import { allOf, expectFailure, readAll, record, textOf } from '../conformance/support.ts';
import { temporaryLog, temporaryPath } from './temporary-log.ts';

/** A log with one topic `t`, and the file under it. */
async function logWithFile(path = temporaryPath()): Promise<{ log: EmbeddedLog; file: LogFile }> {
  const file = await LogFile.open(path);
  const log = new EmbeddedLog(file, {});
  onTestFinished(() => log.close());
  await log.createTopics([{ name: 't', partitions: 2 }]);
  return { log, file };
}

/** The lock of another program. */
function locked(path: string): Database.Database {
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  return other;
}

test('a full disk is named, and nothing of the commit is there', async () => {
  const { log, file } = await logWithFile();
  const producer = await log.producer({ transactionalId: 'id' });
  producer.append('t', 0, record('k', 'before'));
  await producer.commit();
  file.prepare('PRAGMA max_page_count = 60').get();
  const positions = [{ topic: 's', partition: 0, offset: 1 }];
  producer.append('t', 0, record('k', 'small'));
  for (let at = 0; at < 1000; at++) producer.append('t', 1, record('k', 'x'.repeat(1000)));
  await expectFailure(producer.commit({ group: 'g', member: null, positions }), 'LOG_DISK_FULL');
  await expectFailure(producer.commit(), 'LOG_DISK_FULL');
  await producer.abort();
  expect((await readAll(log, 't')).map(textOf)).toEqual(['before']);
  expect(await log.committed('g', positions)).toEqual([]);
  producer.append('t', 0, record('k', 'after'));
  await producer.commit();
  expect((await readAll(log, 't')).map(textOf)).toEqual(['before', 'after']);
});

test('a file that cannot be written is named', async () => {
  const { log, file } = await logWithFile();
  file.prepare('PRAGMA query_only = 1').run();
  const producer = await log.producer({});
  producer.append('t', 0, record('k', 'v'));
  await expectFailure(producer.commit(), 'LOG_NOT_WRITABLE');
  await expectFailure(log.createTopics([{ name: 'u', partitions: 1 }]), 'LOG_NOT_WRITABLE');
});

test('a commit waits for another program, while this one goes on', async () => {
  const path = temporaryPath();
  const { log } = await logWithFile(path);
  const producer = await log.producer({});
  producer.append('t', 0, record('k', 'v'));
  const other = locked(path);
  const committing = producer.commit();
  producer.append('t', 0, record('k', 'next'));
  expect(await readAll(log, 't')).toEqual([]);
  other.exec('COMMIT');
  other.close();
  await committing;
  expect((await readAll(log, 't')).map(textOf)).toEqual(['v']);
  await producer.commit();
  expect((await readAll(log, 't')).map(textOf)).toEqual(['v', 'next']);
});

test('a lock that stays is an error that may be tried again', async () => {
  const path = temporaryPath();
  await (await openEmbeddedLog(path)).close();
  const log = await temporaryLog({ lockTimeoutMs: 20 }, path);
  const other = locked(path);
  onTestFinished(() => void other.close());
  const error: unknown = await log.createTopics([{ name: 't', partitions: 1 }]).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'LOG_BUSY', retryable: true });
  other.exec('ROLLBACK');
  await log.createTopics([{ name: 't', partitions: 1 }]);
});

test('a file of somebody else is refused untouched', async () => {
  const path = temporaryPath();
  const other = new Database(path);
  other.exec('CREATE TABLE theirs (a)');
  await expectFailure(openEmbeddedLog(path), 'LOG_FOREIGN');
  expect(other.pragma('journal_mode', { simple: true })).toBe('delete');
  expect(other.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['theirs']);
  other.close();
  const text = temporaryPath();
  writeFileSync(text, 'This is no database at all. '.repeat(50));
  await expectFailure(openEmbeddedLog(text), 'LOG_FOREIGN');
});

test('a log from before there were times keeps its offsets, and takes times', async () => {
  const path = temporaryPath();
  const at = { topic: 't', partition: 0 };
  const { log: first } = await logWithFile(path);
  await (await first.producer({})).commit({ group: 'g', member: null, positions: [{ ...at, offset: 7 }] });
  await first.close();
  const other = new Database(path);
  other.exec('ALTER TABLE committed_offsets DROP COLUMN partition_time');
  other.pragma('user_version = 1');
  other.close();
  const log = await temporaryLog({}, path);
  expect(await log.committed('g', [at])).toEqual([{ ...at, offset: 7 }]);
  const positions = [{ ...at, offset: 8, time: 100 }];
  await (await log.producer({})).commit({ group: 'g', member: null, positions });
  expect(await log.committed('g', [at])).toEqual(positions);
});

test('a newer format, a missing file and a folder in its place are named', async () => {
  const path = temporaryPath();
  await expectFailure(openEmbeddedLog(path, { mustExist: true }), 'LOG_MISSING');
  await (await openEmbeddedLog(path)).close();
  const other = new Database(path);
  other.pragma('user_version = 99');
  other.close();
  await expectFailure(openEmbeddedLog(path), 'LOG_NEWER');
  const folder = temporaryPath();
  mkdirSync(folder);
  await expectFailure(openEmbeddedLog(folder), 'LOG_NOT_WRITABLE');
  await expectFailure(openEmbeddedLog(`${path}/under/a/file.db`), 'LOG_NOT_WRITABLE');
  const deep = `${dirname(path)}/made/on/the/way/log.db`;
  await (await openEmbeddedLog(deep)).close();
});

test('a damaged batch is found when it is read', async () => {
  const path = temporaryPath();
  const { log } = await logWithFile(path);
  const producer = await log.producer({});
  producer.append('t', 1, record('k', 'v'));
  await producer.commit();
  const other = new Database(path);
  other.exec(`UPDATE batches SET bytes = CAST(substr(bytes, 1, 65) || x'00' || substr(bytes, 67) AS BLOB)`);
  other.close();
  const fetcher = log.fetcher();
  fetcher.assign([{ topic: 't', partition: 1, offset: 0 }]);
  await expectFailure(fetcher.poll(1000), 'RECORD_BATCH_CORRUPT');
});

test('a commit to what is not there names it, and nothing of it counts', async () => {
  const { log } = await logWithFile();
  const producer = await log.producer({ transactionalId: 'id' });
  producer.append('t', 0, record('k', 'dropped'));
  producer.append('absent', 0, record('k', 'v'));
  await expectFailure(producer.commit(), 'TOPIC_UNKNOWN');
  await producer.abort();
  producer.append('t', 2, record('k', 'v'));
  await expectFailure(producer.commit(), 'PARTITION_UNKNOWN');
  await producer.abort();
  expect(await readAll(log, 't')).toEqual([]);
});

test.each([
  [{ name: 'a b', partitions: 1 }, /letters, digits/],
  [{ name: 'ok', partitions: 0 }, /0 is no number of partitions/],
  [{ name: 'ok', partitions: 1, config: { 'cleanup.policy': 'squash' } }, /'squash' is neither/],
  [{ name: 'ok', partitions: 1, config: { 'retention.ms': '1 day' } }, /not a number of milliseconds/],
])('topic %j is refused', async (spec, message) => {
  const log = await temporaryLog();
  await expect(log.createTopics([{ name: 'good', partitions: 1 }, spec])).rejects.toThrow(message);
  expect(await log.topics()).toEqual([]);
});

test('a log that is closed says so', async () => {
  const { log } = await logWithFile();
  const producer = await log.producer({});
  producer.append('t', 0, record('k', 'v'));
  await log.close();
  await expectFailure(producer.commit(), 'LOG_CLOSED');
  await expectFailure(log.offsets(allOf('t', 1), 'end'), 'LOG_CLOSED');
});
