import { describe, expect, test } from 'vitest';
import { avro } from '../../../src/serde/avro/avro.ts';
import type { AvroSchema } from '../../../src/serde/registry/registry.ts';
import type { Columns } from '../../../src/serde/serde.ts';

const field = (name: string, type: AvroSchema, more: object = {}): object => ({ name, type, ...more });
const record = (...fields: readonly object[]): AvroSchema & object => ({ type: 'record', name: 'R', fields });
const columnsOf = (...fields: readonly object[]): Columns<unknown> => avro(record(...fields)).columns;
const decimal = { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 };

test('a record has a typed column for each field', () => {
  const columns = columnsOf(
    field('text', 'string'),
    field('state', { type: 'enum', name: 'E', symbols: ['A', 'B'] }),
    field('id', { type: 'string', logicalType: 'uuid' }),
    field('count', 'long'),
    field('at', { type: 'long', logicalType: 'timestamp-millis' }),
    field('yes', 'boolean'),
    field('ratio', 'double'),
    field('raw', 'bytes'),
    field('price', decimal),
    field('note', ['null', 'string']),
    field('tags', { type: 'array', items: 'string' }),
  );
  expect(columns.columns('value')).toEqual([
    { name: 'text', type: 'TEXT' },
    { name: 'state', type: 'TEXT' },
    { name: 'id', type: 'TEXT' },
    { name: 'count', type: 'INTEGER' },
    { name: 'at', type: 'INTEGER' },
    { name: 'yes', type: 'INTEGER', as: 'boolean' },
    { name: 'ratio', type: 'REAL' },
    { name: 'raw', type: 'BLOB' },
    { name: 'price', type: 'TEXT' },
    { name: 'note', type: 'TEXT' },
    { name: 'tags', type: 'TEXT', as: 'json' },
  ]);
});

test('bigint longs are wide, times are not', () => {
  const schema = record(field('n', 'long'), field('at', { type: 'long', logicalType: 'timestamp-millis' }));
  expect(avro(schema, { longs: 'bigint' }).columns.columns('value')).toEqual([
    { name: 'n', type: 'INTEGER', wide: true },
    { name: 'at', type: 'INTEGER' },
  ]);
});

test('what is no record is one column, named after its use', () => {
  const { columns } = avro('long');
  expect(columns.columns('key')).toEqual([{ name: 'key', type: 'INTEGER' }]);
  expect(columns.columns('value')).toEqual([{ name: 'value', type: 'INTEGER' }]);
  expect(columns.write(5)).toEqual([5]);
  expect(columns.read(['x', 5], 1)).toBe(5);
});

describe('defaults', () => {
  const columns = columnsOf(
    field('a', 'int', { default: 3 }),
    field('b', ['null', 'string'], { default: null }),
    field('c', { type: 'array', items: 'int' }, { default: [1] }),
    field('d', decimal, { default: '\u0001' }),
    field('e', 'string'),
  );

  test('are those of the schema, as the column has them', () => {
    expect(columns.columns('value').map((column) => column.default)).toEqual([3, null, '[1]', '0.01', undefined]);
  });

  test('stand in for missing fields, as they do on the wire', () => {
    expect(columns.write({ e: 'x' })).toEqual([3, null, '[1]', '0.01', 'x']);
  });

  test('a missing field without one is an error', () => {
    expect(() => columns.write({})).toThrow('e is missing');
  });
});

describe('JSON columns are for people', () => {
  const json = (type: AvroSchema, value: unknown, longs: 'number' | 'bigint' = 'number'): unknown => {
    const { columns } = avro(record(field('it', { type: 'array', items: type })), { longs });
    const row = columns.write({ it: [value] });
    expect(columns.read(row, 0)).toEqual({ it: [value] });
    return JSON.parse(String(row[0]))[0];
  };

  test.each<[string, AvroSchema, unknown, unknown]>([
    ['bytes are hex', 'bytes', Buffer.from([0xab, 1]), 'AB01'],
    ['decimals have their point', decimal, -5n, '-0.05'],
    ['NaN is text', 'double', Number.NaN, 'NaN'],
    ['minus zero is text', 'double', -0, 'minus zero'],
    ['a union with null is plain', ['null', 'string'], 'x', 'x'],
    ['branches that look different are plain', ['null', 'int', 'string'], 5, 5],
    ['branches that look alike are named', ['null', 'double', 'string'], 'NaN', { string: 'NaN' }],
    ['maps are objects', { type: 'map', values: 'int' }, { a: 1 }, { a: 1 }],
  ])('%s', (_, type, value, expected) => {
    expect(json(type, value)).toEqual(expected);
  });

  test('bigints are numbers as long as that is exact', () => {
    expect(json('long', 5n, 'bigint')).toBe(5);
    expect(json('long', 2n ** 60n, 'bigint')).toBe('1152921504606846976');
  });

  test('rows of an older schema get the defaults of nested fields', () => {
    const item = (...more: readonly object[]): AvroSchema => ({
      type: 'record',
      name: 'Item',
      fields: [field('a', 'int'), ...more],
    });
    const column = (type: AvroSchema): Columns<unknown> => columnsOf(field('items', { type: 'array', items: type }));
    const row = column(item()).write({ items: [{ a: 1 }] });
    const read = column(item(field('b', 'string', { default: 'x' }))).read(row, 0);
    expect(read).toStrictEqual({ items: [{ a: 1, b: 'x' }] });
  });

  test('a recursive type has its JSON', () => {
    const tree = {
      type: 'record',
      name: 'Tree',
      fields: [field('value', 'int'), field('children', { type: 'array', items: 'Tree' })],
    };
    const value = { value: 1, children: [{ value: 2, children: [] }] };
    const { columns } = avro(tree as AvroSchema);
    expect(columns.write(value)).toEqual([1, '[{"value":2,"children":[]}]']);
    expect(columns.read(columns.write(value), 0)).toStrictEqual(value);
  });
});
