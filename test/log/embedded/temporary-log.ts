import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type EmbeddedLog, type EmbeddedLogOptions, openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts';

/** A path in a folder that goes away with the test. */
export function temporaryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'log.db');
}

/** An open log that is closed with the test. */
export async function temporaryLog(options: EmbeddedLogOptions = {}, path = temporaryPath()): Promise<EmbeddedLog> {
  const log = await openEmbeddedLog(path, options);
  onTestFinished(() => log.close());
  return log;
}
