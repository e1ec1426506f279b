import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts';
import { ChangelogTrim } from '../../src/runtime/changelog-trim.ts';
import { temporaryFolder } from '../support/embedded.ts';
import { checkTrim } from './changelog-trim.ts';

test('parts are cut off once all rows in them are too old, each offset once', () => {
  const trim = new ChangelogTrim(100);
  trim.written({ newest: 10, part: 0 }, 5);
  trim.written({ newest: 20, part: 0 }, 9);
  expect(trim.take()).toBeUndefined();
  trim.written({ newest: 60, part: 1 }, 20);
  trim.written({ newest: 119, part: 2 }, 30);
  expect(trim.take()).toBeUndefined();
  trim.written({ newest: 120, part: 2 }, 33);
  expect(trim.take()).toBe(9);
  expect(trim.take()).toBeUndefined();
  trim.written({ newest: 1000, part: 9 }, 40);
  expect(trim.take()).toBe(33);
});

test('a worker cuts off the changelog of windows, and the next one goes on with what is left', async () => {
  using folder = temporaryFolder();
  const log = await openEmbeddedLog(join(folder.path, 'log.db'));
  await checkTrim(log);
  await log.close();
});
