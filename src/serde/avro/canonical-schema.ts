import type { AvroSchema } from '../registry/registry.ts';

/** The order in which Avro's own libraries write attributes, so that the same schema is the same text everywhere. */
const ORDER = [
  'type',
  'name',
  'namespace',
  'doc',
  'fields',
  'symbols',
  'items',
  'values',
  'size',
  'default',
  'logicalType',
  'precision',
  'scale',
  'order',
  'aliases',
];
const FIELD_ORDER = ['name', 'type', ...ORDER];

/** The same schema with its attributes in a fixed order; everything is kept: docs, defaults, logical types. */
export function canonicalSchema(schema: AvroSchema): AvroSchema {
  if (typeof schema === 'string') return schema;
  if (Array.isArray(schema)) return schema.map(canonicalSchema);
  const { type, ...attributes } = schema as { type: AvroSchema };
  if (Object.keys(attributes).length === 0 && typeof type === 'string') return type;
  return ordered({ ...schema } as Attributes, ORDER);
}

type Attributes = { readonly [attribute: string]: unknown };

function ordered(attributes: Attributes, order: readonly string[]): AvroSchema {
  const names = [...new Set([...order, ...Object.keys(attributes).sort()])].filter((name) => name in attributes);
  const entries = names.map((name) => [name, canonicalAttribute(name, attributes[name])]);
  return Object.fromEntries(entries);
}

function canonicalAttribute(name: string, value: unknown): unknown {
  if (name === 'fields' && Array.isArray(value)) return value.map((field: Attributes) => ordered(field, FIELD_ORDER));
  const isSchema = name === 'items' || name === 'values' || (name === 'type' && typeof value === 'object');
  return isSchema ? canonicalSchema(value as AvroSchema) : value;
}

/** The text that is sent to a registry. */
export function schemaText(schema: AvroSchema): string {
  return JSON.stringify(canonicalSchema(schema));
}

/** True for schemas that differ in nothing but the order of attributes. */
export function sameSchema(one: AvroSchema, other: AvroSchema): boolean {
  return schemaText(one) === schemaText(other);
}
