import avsc from 'avsc';
import { expect, test } from 'vitest';
import { incompatibility } from '../../../src/serde/avro/compatibility.ts';
import type { AvroSchema } from '../../../src/serde/registry/registry.ts';

const record = (fields: readonly object[], more: object = {}): AvroSchema => ({
  type: 'record',
  name: 'Order',
  fields,
  ...more,
});
const one = (type: AvroSchema): AvroSchema => record([{ name: 'a', type }]);
const status = (symbols: readonly string[], more: object = {}): AvroSchema => ({
  type: 'enum',
  name: 'Status',
  symbols,
  ...more,
});
const items = (type: AvroSchema): AvroSchema =>
  one({ type: 'array', items: { type: 'record', name: 'Item', fields: [{ name: 'q', type }] } });
const fixed = (size: number): AvroSchema => ({ type: 'fixed', name: 'F', size });
const decimal = (precision: number, scale: number): AvroSchema => ({
  type: 'bytes',
  logicalType: 'decimal',
  precision,
  scale,
});
const time = (logicalType: string): AvroSchema => ({ type: 'long', logicalType });

test.each<[string, AvroSchema, AvroSchema]>([
  ['the same', items('int'), items('int')],
  ['a new field with a default', record([{ name: 'b', type: 'int', default: 1 }]), record([])],
  ['a removed field', record([]), record([{ name: 'b', type: 'int' }])],
  ['a field under its alias', record([{ name: 'b', type: 'int', aliases: ['a'] }]), one('int')],
  [
    'a renamed record under its alias',
    record([{ name: 'a', type: 'int' }], { name: 'New', aliases: ['Order'] }),
    one('int'),
  ],
  ['another namespace', record([], { namespace: 'x' }), record([], { namespace: 'y' })],
  ['a promoted number', one('double'), one('int')],
  ['bytes as text', one('string'), one('bytes')],
  ['a field that may now be null', one(['null', 'string']), one('string')],
  ['a new symbol', status(['A', 'B']), status(['A'])],
  ['a removed symbol, with a default', status(['A'], { default: 'A' }), status(['A', 'B'])],
  ['a long as a time', one(time('timestamp-millis')), one('long')],
  ['more digits', one(decimal(12, 2)), one(decimal(10, 2))],
])('%s can be read', (_, reader, writer) => {
  expect(incompatibility(reader, writer)).toBeUndefined();
});

test.each<[string, AvroSchema, AvroSchema, string]>([
  ['a new field', record([{ name: 'b', type: 'int' }]), record([]), 'field b is not in the data and has no default'],
  ['a changed type', one('int'), one('string'), 'field a is int, which cannot be read from the string in the data'],
  ['a nested change', items('int'), items('string'), 'field a[].q is int'],
  ['a narrower number', one('int'), one('long'), 'field a is int, which cannot be read from the long'],
  ['a removed symbol', one(status(['A'])), one(status(['A', 'B', 'C'])), 'field a (enum Status) lacks the symbol B, C'],
  ['no null any more', one('string'), one(['null', 'string']), 'field a is string, which cannot be read from the null'],
  [
    'no branch for it',
    one(['null', 'int']),
    one('string'),
    'field a is null or int, which cannot be read from the string',
  ],
  [
    'a branch that fails',
    one(['null', record([{ name: 'b', type: 'int' }], { name: 'B' })]),
    one(record([], { name: 'B' })),
    'field a.b is not in the data',
  ],
  ['another size', one(fixed(4)), one(fixed(8)), 'field a is fixed F of 4 bytes'],
  ['another name', record([], { name: 'New' }), record([]), 'the whole value is record New, but the data has Order'],
  ['another unit', one(time('timestamp-micros')), one(time('timestamp-millis')), 'field a is timestamp-micros'],
  ['another scale', one(decimal(10, 3)), one(decimal(10, 2)), 'field a is decimal(10, 3)'],
  [
    'a map of something else',
    one({ type: 'map', values: 'int' }),
    one({ type: 'map', values: 'string' }),
    'field a{} is int',
  ],
])('%s cannot be read', (_, reader, writer, problem) => {
  expect(incompatibility(reader, writer)).toContain(problem);
});

const LEAVES: readonly AvroSchema[] = [
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'string',
  'bytes',
  status(['A']),
  fixed(4),
  { type: 'array', items: 'int' },
  { type: 'map', values: 'int' },
  record([]),
];

test('it finds as avsc does, for each type as each other', () => {
  for (const reader of LEAVES) {
    for (const writer of LEAVES) {
      const [to, from] = [avsc.Type.forSchema(reader as avsc.Schema), avsc.Type.forSchema(writer as avsc.Schema)];
      const expected = resolves(to, from);
      expect([reader, writer, incompatibility(reader, writer) === undefined]).toEqual([reader, writer, expected]);
    }
  }
});

function resolves(reader: avsc.Type, writer: avsc.Type): boolean {
  try {
    reader.createResolver(writer);
    return true;
  } catch {
    return false;
  }
}

test('a recursive schema ends', () => {
  const tree = (more: readonly object[]): AvroSchema => ({
    type: 'record',
    name: 'Tree',
    fields: [{ name: 'next', type: ['null', 'Tree'] }, ...more],
  });
  expect(incompatibility(tree([]), tree([]))).toBeUndefined();
  expect(incompatibility(tree([{ name: 'a', type: 'int' }]), tree([]))).toContain('field a is not in the data');
});
