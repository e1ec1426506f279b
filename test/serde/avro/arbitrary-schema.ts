import fc from 'fast-check';
import type { Longs } from '../../../src/serde/avro/parse-schema.ts';
import type { AvroSchema } from '../../../src/serde/registry/registry.ts';

/** A schema and an arbitrary of its values. */
export interface Typed {
  readonly schema: AvroSchema;
  readonly kind: string;
  readonly value: fc.Arbitrary<unknown>;
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((one) => one.isWellFormed());
const trickyText = fc.constantFrom(
  '',
  '\u0000',
  'a\u0000b',
  '\ufffd',
  '🙂',
  'NaN',
  '-0',
  '1',
  'null',
  'x'.repeat(3000),
);
const key = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'toString', '0', ''));
const double = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0, 5e-324, 2 ** 53));
const safe = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 2 ** 31, -(2 ** 31) - 1, -(2 ** 52) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);
const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n),
);
const buffer = (sizes: { minLength?: number; maxLength?: number }): fc.Arbitrary<Buffer> =>
  fc.uint8Array(sizes).map((bytes) => Buffer.from(bytes));

const withUnit = (type: string, logicalType: string, value: fc.Arbitrary<number>): Typed => ({
  schema: { type, logicalType },
  kind: 'number',
  value,
});

function scalars(longs: Longs): Typed[] {
  return [
    { schema: 'boolean', kind: 'boolean', value: fc.boolean() },
    { schema: 'int', kind: 'number', value: fc.integer() },
    longs === 'number'
      ? { schema: 'long', kind: 'number', value: safe }
      : { schema: 'long', kind: 'long', value: int64 },
    { schema: 'float', kind: 'number', value: double.map(Math.fround) },
    { schema: 'double', kind: 'number', value: double },
    { schema: 'string', kind: 'string', value: fc.oneof(text, trickyText) },
    { schema: { type: 'string', logicalType: 'uuid' }, kind: 'string', value: fc.uuid() },
    { schema: 'bytes', kind: 'buffer', value: buffer({ maxLength: 20 }) },
    withUnit('int', 'date', fc.integer()),
    withUnit('int', 'time-millis', fc.nat()),
    withUnit('long', 'timestamp-millis', safe),
    withUnit('long', 'local-timestamp-micros', safe),
    { schema: { type: 'bytes', logicalType: 'decimal', precision: 30, scale: 4 }, kind: 'bigint', value: digits(30) },
    { schema: { type: 'string', logicalType: 'unheard-of' }, kind: 'string', value: text },
  ];
}

const digits = (precision: number): fc.Arbitrary<bigint> => {
  const largest = 10n ** BigInt(precision) - 1n;
  return fc.oneof(fc.bigInt({ min: -largest, max: largest }), fc.constantFrom(0n, -1n, 127n, 128n, -128n, -129n, 255n));
};

/** Names must differ within a schema. */
class Names {
  #next = 0;
  next(prefix: string): string {
    this.#next += 1;
    return `${prefix}${this.#next}`;
  }
}

function named(names: Names): Typed[] {
  return [
    {
      schema: { type: 'enum', name: names.next('Enum'), symbols: ['CREATED', 'SHIPPED', 'PAID'] },
      kind: 'string',
      value: fc.constantFrom('CREATED', 'SHIPPED', 'PAID'),
    },
    {
      schema: { type: 'fixed', name: names.next('Fixed'), size: 5 },
      kind: 'buffer',
      value: buffer({ minLength: 5, maxLength: 5 }),
    },
    {
      schema: { type: 'fixed', name: names.next('Money'), size: 8, logicalType: 'decimal', precision: 18, scale: 2 },
      kind: 'bigint',
      value: digits(18),
    },
    {
      schema: { type: 'fixed', name: names.next('Id'), size: 16, logicalType: 'uuid' },
      kind: 'string',
      value: fc.uuid(),
    },
  ];
}

function typed(longs: Longs, names: Names, depth: number): fc.Arbitrary<Typed> {
  const leaf = fc.integer({ min: 0, max: 17 }).map((index) => {
    const leaves = [...scalars(longs), ...named(names)];
    return leaves[index % leaves.length] as Typed;
  });
  if (depth === 0) return leaf;
  const part = typed(longs, names, depth - 1);
  return fc.oneof(
    { arbitrary: leaf, weight: 3 },
    part.map(arrayOf),
    part.map(mapOf),
    unionOf(part),
    recordOf(part, names),
  );
}

function arrayOf(items: Typed): Typed {
  return {
    schema: { type: 'array', items: items.schema },
    kind: 'array',
    value: fc.array(items.value, { maxLength: 4 }),
  };
}

function mapOf(values: Typed): Typed {
  const entries = fc.uniqueArray(fc.tuple(key, values.value), { maxLength: 4, selector: ([name]) => name });
  return { schema: { type: 'map', values: values.schema }, kind: 'object', value: entries.map(Object.fromEntries) };
}

function unionOf(part: fc.Arbitrary<Typed>): fc.Arbitrary<Typed> {
  const branches = fc.uniqueArray(
    part.filter((one) => one.kind !== 'union'),
    { minLength: 1, maxLength: 3, comparator: clash },
  );
  return branches.map((some) => ({
    schema: ['null', ...some.map((one) => one.schema)],
    kind: 'union',
    value: fc.oneof(fc.constant(null), ...some.map((one) => one.value)),
  }));
}

/** A bigint long is taken for both a bigint and a number. */
function clash(one: Typed, other: Typed): boolean {
  if (one.kind === other.kind || branchOf(one.schema) === branchOf(other.schema)) return true;
  const kinds = [one.kind, other.kind];
  return kinds.includes('long') && (kinds.includes('bigint') || kinds.includes('number'));
}

/** Named types by their names, all others by the Avro type beneath. */
function branchOf(schema: AvroSchema): unknown {
  if (typeof schema === 'string' || Array.isArray(schema)) return schema;
  const { name, type } = schema as { readonly name?: string; readonly type: string };
  return name ?? type;
}

function recordOf(part: fc.Arbitrary<Typed>, names: Names): fc.Arbitrary<Typed> {
  const fields = fc.array(part, { minLength: 0, maxLength: 5 });
  return fields.map((types) => {
    const list = types.map((one, index) => ({ name: index === 0 ? 'constructor' : `f${index}`, one }));
    return {
      schema: {
        type: 'record',
        name: names.next('Rec'),
        fields: list.map(({ name, one }) => ({ name, type: one.schema })),
      },
      kind: 'object',
      value: fc.record(Object.fromEntries(list.map(({ name, one }) => [name, one.value])), { noNullPrototype: true }),
    };
  });
}

/** Any schema, with some values of it. */
export function schemaWithValues(longs: Longs): fc.Arbitrary<{ schema: AvroSchema; values: unknown[] }> {
  const any = fc.constant(null).chain(() => {
    const names = new Names();
    return fc.oneof(typed(longs, names, 2), recordOf(typed(longs, names, 2), names));
  });
  return any.chain(({ schema, value }) =>
    fc.array(value, { minLength: 1, maxLength: 3 }).map((values) => ({ schema, values })),
  );
}
