import avsc from 'avsc';
import { failure } from '../../errors.ts';
import type { AvroSchema } from '../registry/registry.ts';
import { Bytes, Fixed } from './types/binary.ts';
import { Dictionary, List } from './types/collections.ts';
import { DecimalType, isDecimal, UuidFixedType } from './types/decimal-type.ts';
import { BigLong, Double, Float, Int, SafeLong, unitTypes } from './types/numbers.ts';
import { Enum, Text, Uuid } from './types/text.ts';
import { PlainUnion } from './types/union.ts';

export type Longs = 'number' | 'bigint';

type SchemaObject = { readonly type: unknown; readonly [attribute: string]: unknown };
type Hook = avsc.Type | undefined;

const PRIMITIVES: Readonly<Record<string, avsc.Type>> = {
  int: new Int(),
  float: new Float(),
  double: new Double(),
  string: new Text(),
  bytes: new Bytes(),
};
const LONGS: Readonly<Record<Longs, avsc.Type>> = { number: new SafeLong(), bigint: new BigLong() };
const UUID = new Uuid();

/** The type that a program reads and writes with. Throws SCHEMA_INVALID. */
export function readerType(schema: AvroSchema, longs: Longs): avsc.Type {
  const type = parse(schema, { longs, Union: PlainUnion });
  for (const record of recordsIn(type)) makePlain(record);
  return type;
}

/** The type of data to be resolved to a reader's. Unions that no value could be sorted into are welcome here. */
export function writerType(schema: AvroSchema, longs: Longs): avsc.Type {
  return parse(schema, { longs, Union: avsc.types.WrappedUnionType });
}

interface ParseOptions {
  readonly longs: Longs;
  readonly Union: new (schema: avsc.Schema, options: unknown) => avsc.Type;
}

function parse(schema: AvroSchema, options: ParseOptions): avsc.Type {
  try {
    // avsc takes its own, mutable, shape of a schema; it does not change it.
    return avsc.Type.forSchema(schema as avsc.Schema, {
      omitRecordMethods: true,
      noAnonymousTypes: true,
      logicalTypes: { decimal: DecimalType as never, uuid: UuidFixedType as never },
      typeHook: (part, avscOptions) => hook(part as AvroSchema, avscOptions, options),
    });
  } catch (error) {
    throw failure('SCHEMA_INVALID', { schema: nameOf(schema), reason: (error as Error).message }, error);
  }
}

/** Puts our types in the place of avsc's; undefined leaves it to avsc. */
function hook(schema: AvroSchema, avscOptions: unknown, options: ParseOptions): Hook {
  if (typeof schema === 'string') return primitive(schema, options);
  if (Array.isArray(schema)) return new options.Union(schema as avsc.Schema, avscOptions);
  const object = schema as SchemaObject;
  return primitiveObject(object, options) ?? complex(object, avscOptions);
}

function primitive(name: string, options: ParseOptions): Hook {
  if (name === 'long') return LONGS[options.longs];
  return Object.hasOwn(PRIMITIVES, name) ? PRIMITIVES[name] : undefined;
}

function primitiveObject(schema: SchemaObject, options: ParseOptions): Hook {
  const { type, logicalType } = schema;
  if (typeof type !== 'string') return undefined;
  if (type === 'string' && logicalType === 'uuid') return UUID;
  if (type === 'bytes' && isLogical(schema)) return undefined;
  return unitTypes.get(`${type}:${String(logicalType)}`) ?? primitive(type, options);
}

function complex(schema: SchemaObject, avscOptions: unknown): Hook {
  switch (schema.type) {
    case 'array':
      return new List(schema as avsc.Schema, avscOptions);
    case 'map':
      return new Dictionary(schema as avsc.Schema, avscOptions);
    case 'enum':
      return new Enum(schema as avsc.Schema, avscOptions);
    case 'fixed':
      return isLogical(schema) ? undefined : new Fixed(schema as avsc.Schema, avscOptions);
    default:
      return undefined;
  }
}

/** Logical types that avsc builds around the type beneath: their values are of another kind. */
function isLogical(schema: SchemaObject): boolean {
  if (schema['logicalType'] === 'decimal') return isDecimal(schema);
  return schema['logicalType'] === 'uuid' && schema.type === 'fixed' && schema['size'] === 16;
}

/**
 * Values are instances of a class that avsc generates for the record, which makes them fast. With this prototype they
 * cannot be told from plain objects.
 */
function makePlain(record: avsc.types.RecordType): void {
  if (record.fields.some((field) => field.name === '__proto__')) {
    throw failure('SCHEMA_INVALID', { schema: record.name, reason: 'a field cannot be called __proto__' });
  }
  record.recordConstructor.prototype = Object.prototype;
}

/** All record types in a type, itself included. */
function recordsIn(type: avsc.Type, found = new Set<avsc.types.RecordType>()): Set<avsc.types.RecordType> {
  if (isRecord(type)) {
    if (found.has(type)) return found;
    found.add(type);
    for (const field of type.fields) recordsIn(field.type, found);
  } else {
    for (const part of partsOf(type)) recordsIn(part, found);
  }
  return found;
}

function partsOf(type: avsc.Type): readonly avsc.Type[] {
  if (type instanceof List) return [type.itemsType];
  if (type instanceof Dictionary) return [type.valuesType as avsc.Type];
  return isUnion(type) ? type.types : [];
}

export function isRecord(type: avsc.Type): type is avsc.types.RecordType {
  return type.typeName === 'record' || type.typeName === 'error';
}

export function isUnion(type: avsc.Type): type is avsc.types.UnwrappedUnionType {
  return type.typeName.startsWith('union:');
}

/** The name of a schema as the user knows it. */
export function nameOf(schema: AvroSchema): string {
  if (typeof schema === 'string') return schema;
  if (Array.isArray(schema)) return schema.map(nameOf).join(' | ');
  const { type, name } = schema as SchemaObject;
  return typeof name === 'string' ? name : String(type);
}
