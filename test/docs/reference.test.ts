import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, withProject } from '../../scripts/docs/compiler.ts';
import { errorGaps, errorPage } from '../../scripts/docs/error-page.ts';
import { type PublicExport, publicApi } from '../../scripts/docs/public-api.ts';
import { settingsPage } from '../../scripts/docs/settings-page.ts';
import { gapsIn } from '../../scripts/docs/undocumented.ts';
import { errorCodes } from '../../src/errors.ts';
import { settingsTable } from '../../src/runtime/settings.ts';

const api = withProject(join(ROOT, 'tsconfig.json'), publicApi);

function found(name: string, entry = 'millrace'): PublicExport {
  const one = api.find((of) => of.name === name && of.entry === entry);
  if (one === undefined) throw new Error(`no export ${name}`);
  return one;
}

test('every export is documented, shown and on a page', () => {
  expect(gapsIn(api)).toEqual([]);
});

test('an export without comment, example and page is a gap', () => {
  const [declaration] = found('count').declarations;
  if (declaration === undefined) throw new Error('count is not declared');
  const bare = { ...declaration, comment: undefined, examples: [] };
  const gaps = gapsIn([...api, { ...found('count'), name: 'unheard', declarations: [bare] }]);
  expect(gaps).toEqual([
    expect.stringContaining('has no doc comment'),
    'millrace: unheard is on 0 pages of the reference. Put it on one in scripts/docs/subjects.ts',
    'millrace: unheard has no @example',
  ]);
});

test('a name on a page that is no export is a gap', () => {
  expect(gapsIn(api.filter(({ name }) => name !== 'count'))).toEqual([
    'scripts/docs/subjects.ts: millrace has no export count',
  ]);
});

describe('signatures', () => {
  test('overloads without their implementation and internal ones', () => {
    expect(found('join').declarations).toHaveLength(3);
  });

  test('classes without what is private or internal', () => {
    const [{ signature } = { signature: '' }] = found('Flow').declarations;
    expect(signature).toContain('stream<K, V>(');
    expect(signature).not.toMatch(/#|graph|constructor|hubsOf/);
  });

  test('what can be read and set, as a field', () => {
    const [{ signature } = { signature: '' }] = found('MockProcessor', 'millrace/testing').declarations;
    expect(signature).toMatch(/^ {2}streamTime: number;$/m);
    expect(signature).toMatch(/^ {2}readonly dropped: /m);
    expect(signature).not.toContain('set ');
  });

  test('comments without what stands before them', () => {
    const [{ comment } = { comment: undefined }] = found('CommittedTable').declarations;
    expect(comment?.text).toMatch(/^Committed rows/);
  });

  test('options that are no exports are shown beside', () => {
    expect(found('join').mentions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['StreamJoinOptions', 'JoinWindowOptions', 'TableJoinOptions']),
    );
  });
});

test('every error says what to do', () => {
  expect(errorGaps(errorCodes)).toEqual([]);
  const page = errorPage(errorCodes, new Map());
  expect([...page.matchAll(/^### (\w+)$/gm)].map(([, code]) => code).sort()).toEqual([...errorCodes].sort());
});

test('advice for a code that is not there is a gap', () => {
  expect(errorGaps(errorCodes.filter((code) => code !== 'INTERRUPTED'))).toEqual([
    'scripts/docs/error-page.ts: the advice for INTERRUPTED is of no use',
  ]);
});

test('every setting is listed', () => {
  const listed = [...settingsPage().matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual(Object.keys(settingsTable));
});
