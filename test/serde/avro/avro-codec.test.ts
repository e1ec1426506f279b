import avsc from 'avsc';
import { describe, expect, test } from 'vitest';
import type { FetchedRecord } from '../../../src/log/records/fetched-record.ts';
import { avro } from '../../../src/serde/avro/avro.ts';
import { MemoryRegistry } from '../../../src/serde/registry/memory-registry.ts';
import type { AvroSchema, Registry } from '../../../src/serde/registry/registry.ts';
import type { Codec, Serde } from '../../../src/serde/serde.ts';

const ITEM = {
  type: 'record',
  name: 'Item',
  fields: [
    { name: 'product_id', type: 'string' },
    { name: 'quantity', type: 'int' },
  ],
} as const;
const ORDER = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'order_id', type: 'string' },
    { name: 'total_cents', type: 'long' },
    { name: 'items', type: { type: 'array', items: ITEM } },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['CREATED', 'PAID'] } },
    { name: 'coupon', type: ['null', 'string'], default: null },
  ],
} as const;
const order = {
  order_id: 'o1',
  total_cents: 1234,
  items: [{ product_id: 'p1', quantity: 2 }],
  status: 'CREATED' as const,
  coupon: null,
};

const open = <T>(serde: Serde<T>, registry: Registry = new MemoryRegistry()): Promise<Codec<T>> =>
  serde.open({ topic: 'orders', part: 'value', registry });

const record = (value: Buffer): FetchedRecord => ({
  offset: 0,
  timestamp: 0,
  buffer: value,
  keyStart: 0,
  keyEnd: -1,
  valueStart: 0,
  valueEnd: value.length,
  headers: [],
});

/** Data of another program, framed. */
function foreign(id: number, schema: unknown, value: unknown): Buffer {
  const header = Buffer.alloc(5);
  header.writeInt32BE(id, 1);
  return Buffer.concat([header, avsc.Type.forSchema(schema as avsc.Schema).toBuffer(value)]);
}

async function read<T>(codec: Codec<T>, bytes: Buffer): Promise<T> {
  await codec.prepare?.([record(bytes)]);
  return codec.decode(bytes, 0, bytes.length);
}

describe('the wire', () => {
  test('is a zero byte, the id, and Avro as other programs read it', async () => {
    const registry = new MemoryRegistry([{ id: 0x01020304, schema: ORDER }]);
    const bytes = (await open(avro(ORDER), registry)).encode(order);
    expect([...bytes.subarray(0, 5)]).toEqual([0, 1, 2, 3, 4]);
    expect({ ...avsc.Type.forSchema(ORDER as unknown as avsc.Schema).fromBuffer(bytes.subarray(5)) }).toMatchObject(
      order,
    );
  });

  test.each([
    [0, '00'],
    [-1, '01'],
    [1, '02'],
    [-64, '7f'],
    [64, '8001'],
    [2 ** 31, '8080808010'],
    [-(2 ** 52) - 1, '8180808080808010'],
    [Number.MAX_SAFE_INTEGER, 'feffffffffffff1f'],
    [Number.MIN_SAFE_INTEGER, 'fdffffffffffff1f'],
  ])('writes the long %d as %s', async (value, hex) => {
    const codec = await open(avro('long'));
    const bytes = codec.encode(value);
    expect(bytes.subarray(5).toString('hex')).toBe(hex);
    expect(codec.decode(bytes, 0, bytes.length)).toBe(value);
  });

  test.each([
    [-(2n ** 63n), 'ffffffffffffffffff01'],
    [2n ** 63n - 1n, 'feffffffffffffffff01'],
  ])('writes the bigint %d as %s', async (value, hex) => {
    const bytes = (await open(avro('long', { longs: 'bigint' }))).encode(value);
    expect(bytes.subarray(5).toString('hex')).toBe(hex);
  });

  test('values larger than the memory at hand are written whole', async () => {
    const codec = await open(avro(ORDER));
    const large = { ...order, order_id: 'é'.repeat(100_000) };
    const bytes = codec.encode(large);
    expect(codec.decode(bytes, 0, bytes.length)).toEqual(large);
  });
});

test('values cannot be told from plain objects', async () => {
  const codec = await open(avro(ORDER));
  const bytes = codec.encode(order);
  const value = codec.decode(bytes, 0, bytes.length);
  expect(value).toStrictEqual(order);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(Object.getPrototypeOf(value.items[0])).toBe(Object.prototype);
  expect(JSON.stringify(value)).toBe(JSON.stringify(order));
  expect({ ...value }).toStrictEqual(order);
  expect(structuredClone(value)).toStrictEqual(order);
});

describe('schemas of the writer', () => {
  const evolved = {
    ...ORDER,
    fields: [...ORDER.fields, { name: 'priority', type: 'int', default: 3 }],
  } as const;

  test('fields that it lacks get their defaults', async () => {
    const registry = new MemoryRegistry();
    const old = await open(avro(ORDER), registry);
    const bytes = Buffer.from(old.encode(order));
    expect(await read(await open(avro(evolved), registry), bytes)).toStrictEqual({ ...order, priority: 3 });
  });

  test('another namespace is the same record', async () => {
    const registry = new MemoryRegistry([{ id: 9, schema: { ...ORDER, namespace: 'elsewhere' } }]);
    const bytes = foreign(9, { ...ORDER, namespace: 'elsewhere' }, order);
    expect(await read(await open(avro(ORDER), registry), bytes)).toStrictEqual(order);
  });

  test('longs become doubles with their sign', async () => {
    const registry = new MemoryRegistry([{ id: 9, schema: 'long' }]);
    const bytes = Buffer.from('00000000098180808080808010', 'hex');
    expect(await read(await open(avro('double'), registry), bytes)).toBe(-(2 ** 52) - 1);
  });

  test('a branch goes to the branch of its own type', async () => {
    const registry = new MemoryRegistry([{ id: 9, schema: 'bytes' }]);
    const value = await read(await open(avro(['string', 'bytes']), registry), foreign(9, 'bytes', Buffer.from([0xff])));
    expect(value).toStrictEqual(Buffer.from([0xff]));
  });

  test('unions whose branches JavaScript cannot tell apart may be read', async () => {
    const writer = ['int', 'long'];
    const registry = new MemoryRegistry([{ id: 9, schema: writer }]);
    expect(await read(await open(avro('long'), registry), foreign(9, writer, { long: 5 }))).toBe(5);
  });

  test.each<[string, AvroSchema, RegExp]>([
    [
      'a field is missing',
      { ...ORDER, fields: ORDER.fields.slice(1) },
      /field order_id is not in the data and has no default/,
    ],
    ['it is of another kind', 'string', /the whole value is record Order, .* string in the data/],
    ['avsc cannot parse it', { type: 'nonsense' }, /unknown type/],
  ])('%s: the record is unreadable', async (_, writer, reason) => {
    const registry: Registry = new MemoryRegistry();
    const stub: Registry = Object.assign(Object.create(registry), {
      register: async () => 1,
      schema: async () => writer,
    });
    const codec = await open(avro(ORDER), stub);
    const bytes = Buffer.from('000000000702', 'hex');
    await expect(read(codec, bytes)).rejects.toMatchObject({ code: 'RECORD_UNREADABLE' });
    await expect(read(codec, bytes)).rejects.toThrow(reason);
  });

  test('milliseconds are not read as microseconds', async () => {
    const registry = new MemoryRegistry([{ id: 9, schema: { type: 'long', logicalType: 'timestamp-millis' } }]);
    const codec = await open(avro({ type: 'long', logicalType: 'timestamp-micros' }), new MemoryRegistry());
    expect(codec).toBeDefined();
    const reading = open(
      avro({ type: 'long', logicalType: 'local-timestamp-micros' }),
      Object.assign(Object.create(registry), { register: async () => 1, schema: (id: number) => registry.schema(id) }),
    );
    await expect(read(await reading, foreign(9, 'long', 1))).rejects.toThrow(
      /local-timestamp-micros.*timestamp-millis/,
    );
  });
});

describe('prepare', () => {
  const counting = (registry: Registry): { registry: Registry; asked: number[] } => {
    const asked: number[] = [];
    const schema = (id: number): ReturnType<Registry['schema']> => {
      asked.push(id);
      return registry.schema(id);
    };
    return { registry: { ...bound(registry), schema }, asked };
  };

  test('asks for each unknown id once, and for none that is known', async () => {
    const memory = new MemoryRegistry([{ id: 5, schema: { ...ORDER, doc: 'old', namespace: 'old' } }]);
    const { registry, asked } = counting(memory);
    const codec = await open(avro(ORDER), registry);
    const own = record(Buffer.from(codec.encode(order)));
    const old = record(foreign(5, ORDER, order));
    expect(codec.prepare?.([own, own])).toBeUndefined();
    await codec.prepare?.([own, old, own, old]);
    expect(asked).toEqual([5]);
    expect(codec.prepare?.([own, old])).toBeUndefined();
  });

  test('passes over nulls and what is not framed', async () => {
    const codec = await open(avro(ORDER));
    const tombstone = { ...record(Buffer.alloc(0)), valueEnd: -1 };
    expect(codec.prepare?.([tombstone, record(Buffer.from([0, 1])), record(Buffer.from('not Avro'))])).toBeUndefined();
  });

  test('an id that turns up later is asked for again', async () => {
    const memory = new MemoryRegistry();
    const codec = await open(avro(ORDER), memory);
    const bytes = foreign(2, ORDER, order);
    await expect(read(codec, bytes)).rejects.toThrow('unknown schema id 2');
    await memory.register('elsewhere', { ...ORDER, doc: 'same but for this' });
    expect(await read(codec, bytes)).toStrictEqual(order);
  });
});

function bound(registry: Registry): Registry {
  return {
    register: (subject, schema) => registry.register(subject, schema),
    schema: (id) => registry.schema(id),
    latest: (subject) => registry.latest(subject),
    subjects: () => registry.subjects(),
    close: () => registry.close(),
  };
}

describe('broken records', () => {
  test.each([
    ['', /too few for a schema id/],
    ['0000', /it has 2 bytes, too few/],
    ['7b226f', /too few/],
    ['7b226f726465', /begins with byte 123 instead of 0/],
    ['000000004d02', /unknown schema id 77/],
  ])('%s', async (hex, reason) => {
    const codec = await open(avro(ORDER));
    const bytes = Buffer.from(hex, 'hex');
    expect(() => codec.decode(bytes, 0, bytes.length)).toThrow(reason);
    expect(() => codec.decode(bytes, 0, bytes.length)).toThrow(expect.objectContaining({ code: 'RECORD_UNREADABLE' }));
  });

  const fault = async (schema: AvroSchema, hex: string): Promise<string> => {
    const codec = await open(avro(schema));
    const bytes = Buffer.from(`0000000001${hex}`, 'hex');
    // Bytes of the next record follow: they must not be read as part of this one.
    const batch = Buffer.concat([bytes, Buffer.alloc(50, 0x02)]);
    try {
      codec.decode(batch, 0, bytes.length);
    } catch (error) {
      return (error as Error).message;
    }
    return 'no error';
  };
  const one = (type: AvroSchema): AvroSchema => ({ type: 'record', name: 'One', fields: [{ name: 'it', type }] });

  test('name the field and the reason', async () => {
    expect(await fault(one('long'), 'ffffffffffffffffff01')).toContain('field it: -9223372036854775808 is beyond');
    expect(await fault(one('int'), '8080808020')).toContain('field it: 4294967296 is no 32-bit integer');
    expect(await fault(one('string'), '04c328')).toContain('field it: a string is not valid UTF-8');
    expect(await fault(one('string'), '0861')).toContain('field it: the bytes end inside a string');
    expect(await fault(one({ type: 'string', logicalType: 'uuid' }), '0261')).toContain('field it: "a" is no UUID');
    expect(await fault(one({ type: 'array', items: ITEM }), '04 02 61 02 02 62'.replaceAll(' ', ''))).toContain(
      'field it[1]',
    );
    expect(await fault(one({ type: 'array', items: 'int' }), 'feffffff0f')).toContain(
      'field it says it has 2147483647 items',
    );
    expect(await fault(one(['null', 'int']), '0a')).toContain('field it has branch 5 of a union of 2');
    expect(await fault(one('int'), '0202')).toContain('1 bytes follow after what schema 1 says');
  });

  test('a count of items beyond the bytes there are ends at once', async () => {
    expect(await fault({ type: 'array', items: 'null' }, 'feffffffffff0f')).toContain('items');
    expect(await fault({ type: 'map', values: 'int' }, 'feffffff0f')).toContain('items');
  });
});

test.each(['feffffffffff0f00', '01ffff0302', '0402'])('a field that is skipped may be broken too: %s', async (hex) => {
  const one = { type: 'record', name: 'One', fields: [] } as const;
  for (const type of [
    { type: 'array', items: 'int' },
    { type: 'map', values: 'null' },
  ]) {
    const registry = new MemoryRegistry([{ id: 9, schema: { ...one, fields: [{ name: 'more', type }] } }]);
    const codec = await open(avro(one), registry);
    await expect(read(codec, Buffer.from(`0000000009${hex}`, 'hex'))).rejects.toMatchObject({
      code: 'RECORD_UNREADABLE',
    });
  }
});

test('fields that the reader lacks are skipped', async () => {
  const more = { name: 'more', type: { type: 'map', values: { type: 'array', items: 'string' } } };
  const writer = { ...ORDER, fields: [more, ...ORDER.fields] };
  const registry = new MemoryRegistry([{ id: 9, schema: writer }]);
  const bytes = foreign(9, writer, { ...order, more: { a: ['b', 'c'], d: [] } });
  expect(await read(await open(avro(ORDER), registry), bytes)).toStrictEqual(order);
});

describe('values that do not fit', () => {
  const message = async (value: unknown): Promise<string> => {
    const codec = (await open(avro(ORDER))) as Codec<unknown>;
    try {
      codec.encode(value);
    } catch (error) {
      expect(error).toMatchObject({ code: 'VALUE_INVALID' });
      return (error as Error).message;
    }
    return 'no error';
  };

  test('are named by path, value and type', async () => {
    expect(await message({ ...order, total_cents: 12.5 })).toContain('total_cents is 12.5 (number), but must be long');
    expect(await message({ ...order, total_cents: 2 ** 53 })).toContain('total_cents is 9007199254740992');
    expect(await message({ ...order, total_cents: 5n })).toContain('total_cents is 5n (bigint)');
    expect(await message({ ...order, order_id: undefined })).toContain('order_id is missing, but must be string');
    expect(await message({ ...order, order_id: '\ud800' })).toContain('order_id is the string');
    expect(await message({ ...order, items: [...order.items, { product_id: 'x', quantity: 'two' }] })).toContain(
      'items.1.quantity is the string "two", but must be int',
    );
    expect(await message({ ...order, status: 'LOST' })).toContain(
      'status is the string "LOST", but must be enum Status (CREATED, PAID)',
    );
    expect(await message({ ...order, status: 'toString' })).toContain('status');
    expect(await message({ ...order, coupon: 5 })).toContain('coupon is 5 (number), but must be null or string');
    expect(await message(null)).toContain('it is null, but must be record Order');
  });

  test('a decimal beyond its precision is one', async () => {
    const codec = await open(avro({ type: 'bytes', logicalType: 'decimal', precision: 3, scale: 1 }));
    expect(() => codec.encode(1000n)).toThrow('1000n (bigint), but must be decimal(3, 1)');
    expect(codec.encode(-999n)).toBeDefined();
  });

  test('the codec goes on after it', async () => {
    const codec = (await open(avro(ORDER))) as Codec<unknown>;
    expect(() => codec.encode({})).toThrow();
    const bytes = codec.encode(order);
    expect(codec.decode(bytes, 0, bytes.length)).toStrictEqual(order);
  });
});

describe('open', () => {
  test('registers under the subject of the part', async () => {
    const registry = new MemoryRegistry();
    await avro('string').open({ topic: 't', part: 'key', registry });
    expect(await registry.subjects()).toEqual(['t-key']);
  });

  test('who only reads registers nothing, and cannot write', async () => {
    const registry = new MemoryRegistry();
    const codec = await avro(ORDER).open({ topic: 't', part: 'value', registry, register: false });
    expect(await registry.subjects()).toEqual([]);
    expect(() => codec.encode(order)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNREGISTERED' }));
  });

  test('who only reads may write what others have registered', async () => {
    const registry = new MemoryRegistry();
    await registry.register('t-value', ORDER);
    const codec = await avro(ORDER).open({ topic: 't', part: 'value', registry, register: false });
    expect(codec.encode(order).readInt32BE(1)).toBe(1);
  });
});

describe('schemas that cannot be used', () => {
  test.each<[string, AvroSchema, RegExp]>([
    ['two records in a union', [ITEM, { ...ITEM, name: 'Other' }], /could be Item or Other, both are object values/],
    ['two numbers in a union', ['int', 'long'], /could be int or long/],
    ['a string and an enum', ['string', { type: 'enum', name: 'E', symbols: ['A'] }], /could be string or E/],
    ['an unknown type', { type: 'array', items: 'strng' }, /undefined type name: strng/],
    [
      'a field called __proto__',
      { type: 'record', name: 'R', fields: [{ name: '__proto__', type: 'int' }] },
      /__proto__/,
    ],
    ['a wrong default', { type: 'record', name: 'R', fields: [{ name: 'a', type: 'int', default: 'x' }] }, /default/],
  ])('%s', (_, schema, reason) => {
    expect(() => avro(schema)).toThrow(reason);
    expect(() => avro(schema)).toThrow(expect.objectContaining({ code: 'SCHEMA_INVALID' }));
  });

  test('wrong attributes of a logical type are ignored, as the specification says', async () => {
    const codec = await open(avro({ type: 'bytes', logicalType: 'decimal', precision: 2, scale: 3 } as AvroSchema));
    const bytes = (codec as Codec<unknown>).encode(new Uint8Array([1]));
    expect(codec.decode(bytes, 0, bytes.length)).toStrictEqual(Buffer.from([1]));
  });
});
