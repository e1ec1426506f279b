import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringifyExact } from '../../../src/state/sqlite/rendering.ts';
import { openStateFile } from '../../../src/state/sqlite/state-file.ts';
import { openStateReader, openStateReaders, type StateReader } from '../../../src/state/sqlite/state-reader.ts';
import type { StateBackend, StoreSpec } from '../../../src/state/store.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  type Place,
  testBytes,
  testInteger,
  testLong,
  testPlace,
  testRecord,
  testString,
} from '../../support/test-serdes.ts';

type Fields = Readonly<Record<string, unknown>>;

const totals: StoreSpec<string, Fields> = {
  name: 'user-totals',
  key: testString,
  value: testRecord<Fields>(
    { name: 'user_id', type: 'TEXT' },
    { name: 'total_cents', type: 'INTEGER', wide: true },
    { name: 'items', type: 'TEXT', as: 'json' },
    { name: 'paid', type: 'INTEGER', as: 'boolean' },
    { name: 'rate', type: 'REAL' },
    { name: 'raw', type: 'BLOB' },
  ),
};
const places: StoreSpec<Place, string> = { name: 'places', key: testPlace, value: testString };
const row = { user_id: 'u', total_cents: 5n, items: [{ n: 1 }], paid: true, rate: 0.5, raw: Buffer.from('ab', 'hex') };

let directory: TemporaryDirectory;
let path: string;
let backend: StateBackend;
let reader: StateReader;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'thread-1.db');
  backend = openStateFile({ path, applicationId: 'app' });
  reader = openStateReader(path);
});
afterEach(() => {
  reader.close();
  backend.close();
  directory.remove();
});

function write<K, V>(spec: StoreSpec<K, V>, rows: readonly [K, V][], partition = 0, to = backend): void {
  const table = to.table(spec, partition);
  to.commit(() => table.write(rows.map(([key, value], i) => ({ key, value, timestamp: i }))), []);
}

const error = (code: string, text: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(text) });

const keysOf = (rows: Iterable<{ readonly key: unknown }>): unknown[] => Array.from(rows, ({ key }) => key);

describe('a row', () => {
  it('is shown by the catalogue, without the topology', () => {
    write(totals, [['u', row]]);
    expect(reader.get('user-totals', 'u')).toEqual({
      key: 'u',
      value: { user_id: 'u', total_cents: 5, items: [{ n: 1 }], paid: true, rate: 0.5, raw: 'AB' },
      timestamp: 0,
    });
    expect(reader.get('user-totals', 'nobody')).toBeUndefined();
  });

  it('has integers exactly, in columns and in JSON, down to the text', () => {
    const big = 2n ** 62n + 1n;
    write(totals, [['u', { ...row, total_cents: big }]]);
    // Written as a serde writes nested values: JSON with the exact digits.
    const exact = testRecord<Fields>({ name: 'list', type: 'TEXT' });
    write({ ...totals, name: 'raw', value: exact }, [['u', { list: `[${big},1.5,-0,1e300]` }]]);
    const asJson = testRecord<Fields>({ name: 'list', type: 'TEXT', as: 'json' });
    const nested: StoreSpec<string, Fields> = {
      ...totals,
      name: 'nested',
      value: { ...asJson, columns: { ...asJson.columns, write: (value) => [String(value['list'])] } },
    };
    write(nested, [['u', { list: `[${big},1.5,1e300]` }]]);
    expect(reader.get('user-totals', 'u')?.value).toMatchObject({ total_cents: big });
    expect(stringifyExact(reader.get('nested', 'u'))).toBe(
      '{"key":"u","value":{"list":[4611686018427387905,1.5,1e+300]},"timestamp":0}',
    );
  });

  it('has nulls', () => {
    const nothing = { user_id: null, total_cents: null, items: null, paid: null, rate: null, raw: null };
    write(totals, [['u', nothing]]);
    expect(reader.get('user-totals', 'u')?.value).toEqual(nothing);
  });

  it('has a plain value as itself, and a record of one field named value as a record', () => {
    write({ name: 'plain', key: testString, value: testInteger }, [['k', 7]]);
    const single = testRecord<Fields>({ name: 'value', type: 'INTEGER' });
    write({ name: 'single', key: testString, value: single }, [['k', { value: 7 }]]);
    expect(reader.get('plain', 'k')?.value).toBe(7);
    expect(reader.get('single', 'k')?.value).toEqual({ value: 7 });
  });

  it('is found in whichever partition it is', () => {
    write(totals, [['u', { ...row, rate: 1 }]], 3);
    write(totals, [['v', { ...row, rate: 2 }]], 17);
    expect(reader.get('user-totals', 'u')?.value).toMatchObject({ rate: 1 });
    expect(reader.get('user-totals', 'v')?.value).toMatchObject({ rate: 2 });
  });
});

describe('a key', () => {
  it('is typed as the catalogue has it', () => {
    write({ name: 'longs', key: testLong, value: testString }, [[2n ** 53n + 1n, 'odd']]);
    write({ name: 'bytes', key: testBytes, value: testString }, [[Buffer.from('00ff', 'hex'), 'b']]);
    write(places, [[{ city: 'Bern', street: 3 }, 'here']]);
    expect(reader.get('longs', '9007199254740993')).toMatchObject({ key: 2n ** 53n + 1n, value: 'odd' });
    expect(reader.get('longs', '9007199254740992')).toBeUndefined();
    expect(reader.get('bytes', '00FF')?.value).toBe('b');
    expect(reader.get('places', '{"street": 3, "city": "Bern"}')).toMatchObject({
      key: { city: 'Bern', street: 3 },
      value: 'here',
    });
  });

  it.each([
    ['longs', 'abc', `'abc' is not an integer of 64 bits`],
    ['longs', '99999999999999999999', 'integer of 64 bits'],
    ['bytes', 'xyz', 'hexadecimal'],
    ['places', 'Bern', 'JSON object like {"city": …, "street": …}'],
    ['places', '{"city": "Bern"}', `'street' is missing`],
    ['places', '{"city": "Bern", "street": "3"}', `'street' is "3", but must be an integer`],
    ['places', '{"city": "Bern", "street": 3, "zip": 1}', `no field 'zip'`],
  ])('of %s cannot be %s', (store, key, reason) => {
    write({ name: 'longs', key: testLong, value: testString }, []);
    write({ name: 'bytes', key: testBytes, value: testString }, []);
    write(places, []);
    expect(() => reader.get(store, key)).toThrow(error('STORE_KEY_INVALID', reason));
  });
});

describe('a range', () => {
  it('is in key order over all partitions, with all bounds', () => {
    const key = (i: number): string => `k${String(i).padStart(4, '0')}`;
    for (let p = 0; p < 3; p++) {
      const mine = Array.from({ length: 1000 }, (_, i) => i).filter((i) => i % 3 === p);
      write(
        { ...places, key: testString },
        mine.map((i): [string, string] => [key(i), `v${i}`]),
        p,
      );
    }
    expect(keysOf(reader.range('places'))).toEqual(Array.from({ length: 1000 }, (_, i) => key(i)));
    expect(keysOf(reader.range('places', { from: key(5), to: key(8) }))).toEqual([5, 6, 7, 8].map(key));
    expect(keysOf(reader.range('places', { prefix: 'k099', reverse: true, limit: 2 }))).toEqual([999, 998].map(key));
    expect(keysOf(reader.range('places', { limit: 0 }))).toEqual([]);
  });

  it('orders wide integers as integers', () => {
    const longs: StoreSpec<bigint, string> = { name: 'longs', key: testLong, value: testString };
    write(
      longs,
      [
        [-5n, ''],
        [10n, ''],
        [2n ** 60n, ''],
      ],
      0,
    );
    write(
      longs,
      [
        [-40n, ''],
        [9n, ''],
        [2n ** 60n + 1n, ''],
      ],
      1,
    );
    expect(keysOf(reader.range('longs'))).toEqual([-40, -5, 9, 10, 2n ** 60n, 2n ** 60n + 1n]);
  });

  it('sees what was there when it began, while a worker commits', () => {
    const rows = (value: string) => Array.from({ length: 500 }, (_, i): [string, string] => [`k${i}`, value]);
    const store = { ...places, key: testString };
    write(store, rows('old'), 0);
    write(store, rows('old'), 1);
    const seen = new Set<unknown>();
    let count = 0;
    for (const { value } of reader.range('places')) {
      seen.add(value);
      if (count++ % 100 === 0) {
        write(store, rows(`new ${count}`), 0);
        write(store, rows(`new ${count}`), 1);
      }
    }
    expect([count, ...seen]).toEqual([1000, 'old']);
    expect(reader.get('places', 'k0')?.value).toBe('new 901');
  });

  it('may be left early, and two may be read at a time', () => {
    write({ ...places, key: testString }, [
      ['a', '1'],
      ['b', '2'],
    ]);
    for (const first of reader.range('places')) {
      expect(keysOf(reader.range('places'))).toEqual(['a', 'b']);
      expect(first.key).toBe('a');
      break;
    }
    write({ ...places, key: testString }, [['c', '3']]);
    expect(keysOf(reader.range('places'))).toEqual(['a', 'b', 'c']);
  });
});

describe('the stores', () => {
  it('are listed with their columns and counts', () => {
    write(places, [[{ city: 'Bern', street: 3 }, 'x']], 0);
    write(places, [[{ city: 'Biel', street: 4 }, 'y']], 1);
    expect(reader.stores()).toEqual([
      {
        name: 'places',
        key: [
          { field: 'city', column: 'city', type: 'TEXT' },
          { field: 'street', column: 'street', type: 'INTEGER' },
        ],
        value: [{ field: 'value', column: 'value', type: 'TEXT' }],
        rows: 2,
      },
    ]);
  });

  it('are named where one is not known', () => {
    expect(() => reader.get('x', 'k')).toThrow(error('STORE_UNKNOWN', 'no stores yet'));
    write(totals, []);
    write(places, []);
    expect(() => reader.get('user-total', 'k')).toThrow(error('STORE_UNKNOWN', `Did you mean 'user-totals'?`));
    expect(() => [...reader.range('zzzzzz')]).toThrow(error('STORE_UNKNOWN', 'The stores are: places, user-totals.'));
  });
});

describe('SQL', () => {
  it('gives columns and exact values, with parameters', () => {
    write(totals, [['u', { ...row, total_cents: 2n ** 60n + 1n }]]);
    const sql =
      'SELECT key, total_cents AS cents, total_cents / 0 AS none, raw, 7 AS n FROM "user-totals" WHERE key = ?';
    expect(reader.sql(sql, ['u'])).toEqual({
      columns: ['key', 'cents', 'none', 'raw', 'n'],
      rows: [['u', 2n ** 60n + 1n, null, 'AB', 7]],
    });
    expect(reader.sql('SELECT 1 AS a, 2 AS a')).toEqual({ columns: ['a', 'a'], rows: [[1, 2]] });
  });

  it.each([
    ['DELETE FROM places', 'it is no SELECT'],
    ['DELETE FROM places RETURNING key', 'it is no SELECT'],
    ['SELECT 1; DELETE FROM places', 'more than one statement'],
    ['', 'no statements'],
    [`ATTACH '/tmp/x' AS y`, 'it is no SELECT'],
    ['BEGIN', 'it is no SELECT'],
    ['SELEKT 1', 'near "SELEKT": syntax error'],
    ['SELECT nope FROM places', 'no such column: nope'],
    ['SELECT nope FROM places', 'The columns of "places" are "_partition", '],
    ['SELECT * FROM place', 'Did you mean "places"'],
    ['SELECT ?', 'Too few parameter values'],
  ])('refuses %j', (text, reason) => {
    write({ ...places, key: testString }, [['a', '1']]);
    expect(() => reader.sql(text)).toThrow(error('SQL_INVALID', reason));
    expect(reader.get('places', 'a')?.value).toBe('1');
  });
});

describe('opening', () => {
  it('says where there is no state file', () => {
    const missing = join(directory.path, 'missing.db');
    expect(() => openStateReader(missing)).toThrow(error('STATE_FILE_MISSING', missing));
    expect(() => openStateReaders(join(directory.path, 'nowhere'))).toThrow(error('STATE_FILE_MISSING', 'nowhere'));
  });

  it('reads a file that nobody writes', () => {
    write(totals, [['u', row]]);
    reader.close();
    backend.close();
    reader = openStateReader(path);
    expect(reader.get('user-totals', 'u')).toBeDefined();
  });
});

describe('several files', () => {
  const simple: StoreSpec<string, Fields> = {
    name: 'totals',
    key: testString,
    value: testRecord<Fields>({ name: 'n', type: 'INTEGER' }),
  };
  const grown: StoreSpec<string, Fields> = {
    ...simple,
    value: testRecord<Fields>({ name: 'n', type: 'INTEGER' }, { name: 'more', type: 'TEXT', default: 'm' }),
  };

  it('are read as one, merged in key order, also by SQL', () => {
    const second = openStateFile({ path: join(directory.path, `it's 2?.db`), applicationId: 'app' });
    write(
      simple,
      [
        ['a', { n: 1 }],
        ['c', { n: 3 }],
      ],
      0,
    );
    write(
      grown,
      [
        ['b', { n: 2, more: 'x' }],
        ['d', { n: 4, more: 'y' }],
      ],
      1,
      second,
    );
    write({ ...simple, name: 'only-second' }, [['z', { n: 9 }]], 1, second);
    const both = openStateReaders(directory.path);
    expect(keysOf(both.range('totals'))).toEqual(['a', 'b', 'c', 'd']);
    expect(keysOf(both.range('totals', { reverse: true, limit: 3 }))).toEqual(['d', 'c', 'b']);
    expect(both.get('totals', 'd')?.value).toEqual({ n: 4, more: 'y' });
    expect(both.get('only-second', 'z')?.value).toEqual({ n: 9 });
    expect(both.stores().map(({ name, rows }) => [name, rows])).toEqual([
      ['only-second', 1],
      ['totals', 4],
    ]);
    expect(both.sql('SELECT sum(n), count(more) FROM totals').rows).toEqual([[10, 2]]);
    expect(() => both.sql('DELETE FROM totals')).toThrow(error('SQL_INVALID', ''));
    expect(() => both.sql('INSERT INTO file1.totals (_partition) VALUES (1) RETURNING 1')).toThrow(
      error('SQL_INVALID', ''),
    );
    expect(() => both.sql('SELECT * FROM total')).toThrow(error('SQL_INVALID', `Did you mean "totals"`));
    both.close();
    second.close();
  });

  it('are closed again where one cannot be read', () => {
    write(simple, []);
    copyFileSync(import.meta.filename, join(directory.path, 'x.db'));
    expect(() => openStateReaders(directory.path)).toThrow(error('STATE_FILE_DAMAGED', 'x.db'));
  });
});

describe('partitions that another worker has now', () => {
  beforeEach(() => {
    write(places, [[{ city: 'here', street: 1 }, 'a']], 0);
    write(places, [[{ city: 'away', street: 1 }, 'b']], 1);
    write(totals, [['global', row]], 1);
    backend.own?.(['places', 'never opened'], (_, partition) => partition === 0);
  });

  it('are not shown, though their rows stay', () => {
    expect(Array.from(reader.range('places'), ({ value }) => value)).toEqual(['a']);
    expect(reader.sql('SELECT value FROM places').rows).toEqual([['a']]);
    expect(reader.stores().map(({ name, rows }) => [name, rows])).toEqual([
      ['places', 1],
      ['user-totals', 1],
    ]);
    expect(keysOf(reader.range('user-totals'))).toEqual(['global']);
    expect(backend.table(places, 1).get({ city: 'away', street: 1 })).toMatchObject({ value: 'b' });
  });

  it('are shown again when they are back', () => {
    backend.own?.(['places'], () => true);
    expect(Array.from(reader.range('places'), ({ value }) => value)).toEqual(['b', 'a']);
    expect(reader.sql('SELECT count(*) FROM places').rows).toEqual([[2]]);
  });
});
