import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts';
import { logConformance } from './conformance/log-conformance.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

logConformance('embedded', () => openEmbeddedLog(join(folder, 'log.db'), { sessionTimeoutMs: 500 }), {
  replacesMembers: true,
  sessionTimeoutMs: 500,
  timeoutMs: 10_000,
});
