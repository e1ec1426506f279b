import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Column, Serde } from '../../../src/serde/serde.ts';
import { openStateFile } from '../../../src/state/sqlite/state-file.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';
import { testInteger, testRecord, testString } from '../../support/test-serdes.ts';

type Fields = Readonly<Record<string, unknown>>;
const a: Column = { name: 'a', type: 'INTEGER' };
const b: Column = { name: 'b', type: 'TEXT', default: `it's` };

let directory: TemporaryDirectory;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'thread-1.db');
});
afterEach(() => directory.remove());

/** Opens the store with these serdes, writes the rows and gives all there are. */
function run<K>(key: Serde<K>, value: Serde<Fields>, rows: readonly [K, Fields][] = []): Fields {
  const backend = openStateFile({ path, applicationId: 'app' });
  try {
    const table = backend.table({ name: 'store', key, value }, 0);
    backend.commit(() => table.write(rows.map(([k, v]) => ({ key: k, value: v, timestamp: 0 }))), []);
    return Object.fromEntries(Array.from(table.range({}), (entry) => [JSON.stringify(entry.key), entry.value]));
  } finally {
    backend.close();
  }
}

function columnNames(): string[] {
  const db = new Database(path, { readonly: true });
  const names = db.prepare<[], string>(`SELECT name FROM pragma_table_info('store')`).pluck().all();
  db.close();
  return names;
}

function changed(...texts: string[]): unknown {
  const message = expect.stringMatching(new RegExp(['Store store', path, ...texts, 'new name'].join('.*')));
  return expect.objectContaining({ code: 'STATE_STORE_CHANGED', message });
}

it('adds new fields, with their defaults in old rows', () => {
  run(testString, testRecord<Fields>(a), [['old', { a: 1 }]]);
  const more = testRecord<Fields>(
    a,
    b,
    { name: 'c', type: 'TEXT' },
    { name: 'd', type: 'REAL', default: -1.5 },
    { name: 'e', type: 'BLOB', default: Buffer.from([0, 255]) },
    { name: 'f', type: 'INTEGER', default: 2n ** 63n - 1n, wide: true },
    { name: 'g', type: 'TEXT', as: 'json', default: '["x"]' },
    { name: 'h', type: 'INTEGER', as: 'boolean', default: 1 },
  );
  expect(run(testString, more)).toEqual({
    '"old"': { a: 1, b: `it's`, c: null, d: -1.5, e: Buffer.from([0, 255]), f: 2n ** 63n - 1n, g: ['x'], h: true },
  });
});

it('leaves the column of a gone field, and gives the default to rows written without it when it is back', () => {
  run(testString, testRecord<Fields>(a, b), [['first', { a: 1, b: 'kept' }]]);
  expect(run(testString, testRecord<Fields>(a), [['second', { a: 2 }]])).toEqual({
    '"first"': { a: 1 },
    '"second"': { a: 2 },
  });
  expect(columnNames()).toEqual(['_partition', 'key', 'a', 'b', '_timestamp']);
  expect(run(testString, testRecord<Fields>(b, a))).toEqual({
    '"first"': { a: 1, b: 'kept' },
    '"second"': { a: 2, b: `it's` },
  });
});

it('takes an integer that becomes wide', () => {
  run(testString, testRecord<Fields>(a), [['x', { a: 1 }]]);
  expect(run(testString, testRecord<Fields>({ ...a, wide: true }), [['y', { a: 2n ** 60n + 1n }]])).toEqual({
    '"x"': { a: 1n },
    '"y"': { a: 2n ** 60n + 1n },
  });
});

it('gives fields whose names are taken other ones, and keeps them when fields are added', () => {
  const key = testRecord<Fields>({ name: 'id', type: 'TEXT' }, { name: '_partition', type: 'INTEGER' });
  const value: Column[] = [
    { name: 'ID', type: 'TEXT' },
    { name: 'value_id', type: 'INTEGER' },
    { name: '_timestamp', type: 'INTEGER' },
    { name: 'odd "name"', type: 'TEXT' },
  ];
  const row = { ID: 'v', value_id: 1, _timestamp: 2, 'odd "name"': 'o' };
  run(key, testRecord<Fields>(...value), [[{ id: 'k', _partition: 5 }, row]]);
  const names = ['_partition', 'id', 'key__partition', 'value_ID', 'value_value_id', 'value__timestamp', 'odd "name"'];
  expect(columnNames()).toEqual([...names, '_timestamp']);
  const grown = testRecord<Fields>({ name: 'VALUE_VALUE_ID', type: 'INTEGER', default: 9 }, ...value);
  expect(run(key, grown)).toEqual({ '{"id":"k","_partition":5}': { VALUE_VALUE_ID: 9, ...row } });
  expect(columnNames()).toEqual([...names, '_timestamp', 'value_VALUE_VALUE_ID']);
});

it('refuses another type of a field, with both', () => {
  run(testString, testRecord<Fields>(a, b));
  const other = (column: Column) => () => run(testString, testRecord<Fields>(a, column));
  expect(other({ name: 'b', type: 'INTEGER' })).toThrow(changed('field b as TEXT', 'INTEGER'));
  expect(other({ name: 'b', type: 'TEXT', as: 'json' })).toThrow(changed('field b as TEXT', 'TEXT \\(json\\)'));
});

it('refuses another key, and a record in the place of a plain value', () => {
  run(testString, testRecord<Fields>(a));
  expect(() => run(testInteger, testRecord<Fields>(a))).toThrow(changed('key TEXT', 'key INTEGER'));
  const record = testRecord<Fields>({ name: 'key', type: 'TEXT' });
  expect(() => run(record, testRecord<Fields>(a))).toThrow(changed('its key', 'a plain value', 'a record'));
  const two = testRecord<Fields>({ name: 'k', type: 'TEXT' }, { name: 'l', type: 'TEXT' });
  expect(() => run(two, testRecord<Fields>(a))).toThrow(changed('its key'));
});

it('changes nothing where it refuses', () => {
  run(testString, testRecord<Fields>(a), [['x', { a: 1 }]]);
  expect(() => run(testString, testRecord<Fields>({ ...a, type: 'TEXT' }, b))).toThrow(changed());
  expect(columnNames()).toEqual(['_partition', 'key', 'a', '_timestamp']);
  expect(run(testString, testRecord<Fields>(a))).toEqual({ '"x"': { a: 1 } });
});

it('holds a value of no fields', () => {
  expect(run(testString, testRecord<Fields>(), [['x', {}]])).toEqual({ '"x"': {} });
});

it('holds the one row of a key of no fields', () => {
  expect(run(testRecord<Fields>(), testRecord<Fields>(a), [[{}, { a: 1 }]])).toEqual({ '{}': { a: 1 } });
});
