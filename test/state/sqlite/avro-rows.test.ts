import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { avro } from '../../../src/serde/avro/avro.ts';
import { openStateFile } from '../../../src/state/sqlite/state-file.ts';
import { openStateReader } from '../../../src/state/sqlite/state-reader.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';

const Sample = {
  type: 'record',
  name: 'Sample',
  fields: [
    { name: 'key', type: 'string' },
    { name: 'cents', type: 'long' },
    { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 30, scale: 2 } },
    { name: 'rate', type: 'double' },
    { name: 'raw', type: 'bytes' },
    { name: 'paid', type: 'boolean' },
    { name: 'coupon', type: ['null', 'string'], default: null },
    { name: 'rates', type: { type: 'array', items: 'double' } },
    { name: 'labels', type: { type: 'map', values: ['null', 'string'] } },
  ],
} as const;
const Place = {
  type: 'record',
  name: 'Place',
  fields: [
    { name: 'city', type: 'string' },
    { name: 'street', type: 'long' },
  ],
} as const;

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

const sample = {
  key: 'of the value',
  cents: 2 ** 53 - 1,
  price: 123456789012345678901234567890n,
  rate: -0,
  raw: Buffer.from([0, 255]),
  paid: true,
  coupon: null,
  rates: [Number.NaN, Number.NEGATIVE_INFINITY, -0, 1e300],
  labels: { a: null, 'b c': '\u{1F600}' },
};
const others = [
  { ...sample, rate: Number.NaN, cents: -1, price: -5n, coupon: '', paid: false, rates: [], labels: {} },
  { ...sample, rate: Number.POSITIVE_INFINITY, cents: 0, price: 0n, coupon: 'x', raw: Buffer.alloc(0) },
];

it('keeps Avro records exactly, and shows them to a reader without the schema', () => {
  const path = join(directory.path, 'thread-1.db');
  const backend = openStateFile({ path, applicationId: 'app' });
  const table = backend.table({ name: 'samples', key: avro(Place), value: avro(Sample) }, 2);
  const rows = [sample, ...others].map((value, street) => ({
    key: { city: 'Bern', street },
    value,
    timestamp: street,
  }));
  backend.commit(() => table.write(rows), []);

  for (const { key, value } of rows) expect({ ...table.get(key)?.value }).toEqual(value);
  expect(Array.from(table.range({ prefix: 'Be' }), ({ key }) => ({ ...key }))).toEqual(rows.map(({ key }) => key));

  const reader = openStateReader(path);
  expect(reader.get('samples', '{"city":"Bern","street":0}')).toEqual({
    key: { city: 'Bern', street: 0 },
    value: {
      ...sample,
      price: '1234567890123456789012345678.90',
      rate: 'minus zero',
      raw: '00FF',
      rates: ['NaN', '-Infinity', 'minus zero', 1e300],
    },
    timestamp: 0,
  });
  expect(reader.get('samples', '{"city":"Bern","street":2}')?.value).toMatchObject({ rate: 'Infinity', coupon: 'x' });
  expect(
    reader.sql('SELECT city, street, cents, price, coupon FROM samples ORDER BY street DESC LIMIT 2').rows,
  ).toEqual([
    ['Bern', 2, 0, '0.00', 'x'],
    ['Bern', 1, -1, '-0.05', ''],
  ]);
  reader.close();
  backend.close();
});
