import type avsc from 'avsc';
import type { AvroSchema } from '../registry/registry.ts';
import { describeType } from './explain.ts';
import { isRecord, isUnion, writerType } from './parse-schema.ts';
import { Dictionary, List } from './types/collections.ts';
import { DecimalType } from './types/decimal-type.ts';
import { sameUnit } from './types/numbers.ts';

/** Types that each type can also be read from. */
const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
  string: ['bytes'],
  bytes: ['string'],
};

/**
 * Why data of the writer's schema cannot be read with the reader's: a sentence that names the field. Undefined where it
 * can (BACKWARD compatibility, where the reader is the new schema and the writer the old). Throws SCHEMA_INVALID.
 */
export function incompatibility(reader: AvroSchema, writer: AvroSchema): string | undefined {
  return typeIncompatibility(writerType(reader, 'number'), writerType(writer, 'number'));
}

/** The same for types that are parsed already. */
export function typeIncompatibility(reader: avsc.Type, writer: avsc.Type): string | undefined {
  return check(reader, writer, { path: '', seen: new Set() });
}

interface Place {
  readonly path: string;
  /** Pairs of records under comparison: where they come up again they are taken to fit. */
  readonly seen: Set<string>;
}

type Problem = string | undefined;

function check(reader: avsc.Type, writer: avsc.Type, place: Place): Problem {
  if (isUnion(writer)) return first(writer.types, (branch) => check(reader, branch, place));
  if (isUnion(reader)) return checkBranches(reader, writer, place);
  if (isRecord(reader) && isRecord(writer)) return checkRecords(reader, writer, place);
  if (reader instanceof List && writer instanceof List) {
    return check(reader.itemsType, writer.itemsType, { ...place, path: `${place.path}[]` });
  }
  if (reader instanceof Dictionary && writer instanceof Dictionary) {
    const values = { ...place, path: `${place.path}{}` };
    return check(reader.valuesType as avsc.Type, writer.valuesType as avsc.Type, values);
  }
  return checkPlain(reader, writer, place);
}

function first<T>(items: readonly T[], problem: (item: T) => Problem): Problem {
  for (const item of items) {
    const found = problem(item);
    if (found) return found;
  }
  return undefined;
}

function checkBranches(reader: avsc.types.UnwrappedUnionType, writer: avsc.Type, place: Place): Problem {
  const problems = reader.types.map((branch) => check(branch, writer, { ...place, seen: new Set(place.seen) }));
  if (problems.includes(undefined)) return undefined;
  // A branch of the same sort says more than "none fits": a record that lacks a default, say.
  const alike = reader.types.findIndex((branch) => branch.typeName === writer.typeName);
  return problems[alike] ?? changed(reader, writer, place);
}

function checkRecords(reader: avsc.types.RecordType, writer: avsc.types.RecordType, place: Place): Problem {
  const pair = `${reader.name}:${writer.name}`;
  if (place.seen.has(pair)) return undefined;
  place.seen.add(pair);
  if (!sameName(reader, writer)) return renamed(reader, writer, place);
  return first(reader.fields, (field) => {
    const path = place.path === '' ? field.name : `${place.path}.${field.name}`;
    const old =
      writer.fields.find((one) => one.name === field.name) ??
      writer.fields.find((one) => field.aliases.includes(one.name));
    if (old) return check(field.type, old.type, { ...place, path });
    if (defaultOf(field) !== undefined) return undefined;
    return `field ${path} is not in the data and has no default`;
  });
}

// avsc's declarations have `defaultValue`, but not that it gives undefined.
function defaultOf(field: avsc.types.Field): unknown {
  return field.defaultValue();
}

function checkPlain(reader: avsc.Type, writer: avsc.Type, place: Place): Problem {
  if (reader instanceof DecimalType || writer instanceof DecimalType) return checkDecimals(reader, writer, place);
  if (reader.typeName !== writer.typeName) {
    const readable = PROMOTIONS[reader.typeName]?.includes(writer.typeName) ?? false;
    return readable || isUuidOfFixed(reader, writer) ? undefined : changed(reader, writer, place);
  }
  if (!sameUnit(reader, writer)) return changed(reader, writer, place);
  if (reader.typeName === 'enum')
    return checkEnums(reader as avsc.types.EnumType, writer as avsc.types.EnumType, place);
  if (reader.typeName === 'fixed')
    return checkFixed(reader as avsc.types.FixedType, writer as avsc.types.FixedType, place);
  return undefined;
}

function checkDecimals(reader: avsc.Type, writer: avsc.Type, place: Place): Problem {
  if (reader instanceof DecimalType && writer instanceof DecimalType) {
    const fits = reader.scale === writer.scale && reader.precision >= writer.precision;
    return fits ? undefined : changed(reader, writer, place);
  }
  const [from, to] = [underlying(writer), underlying(reader)];
  return check(to, from, place) === undefined ? undefined : changed(reader, writer, place);
}

function isUuidOfFixed(reader: avsc.Type, writer: avsc.Type): boolean {
  const [from, to] = [underlying(writer), underlying(reader)];
  return from.typeName === 'fixed' && to.typeName === 'fixed' && sizeOf(from) === sizeOf(to);
}

function underlying(type: avsc.Type): avsc.Type {
  return type.typeName.startsWith('logical:') ? (type as avsc.types.LogicalType).underlyingType : type;
}

function checkEnums(reader: avsc.types.EnumType, writer: avsc.types.EnumType, place: Place): Problem {
  if (!sameName(reader, writer)) return renamed(reader, writer, place);
  if ('default' in reader && reader.default !== undefined) return undefined;
  const lost = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol));
  if (lost.length === 0) return undefined;
  return `${where(place)} (enum ${reader.name}) lacks the symbol ${lost.join(', ')} that the data may have, and has no default`;
}

function checkFixed(reader: avsc.types.FixedType, writer: avsc.types.FixedType, place: Place): Problem {
  if (!sameName(reader, writer)) return renamed(reader, writer, place);
  return sizeOf(reader) === sizeOf(writer) ? undefined : changed(reader, writer, place);
}

function sizeOf(type: avsc.Type): number {
  return (type as avsc.types.FixedType).size;
}

/** Namespaces do not count, as the specification says. */
function sameName(reader: avsc.Type, writer: avsc.Type): boolean {
  const names = [reader.name, ...(reader.aliases ?? [])].map(simple);
  return names.includes(simple(writer.name));
}

function simple(name: string | undefined): string | undefined {
  return name?.split('.').at(-1);
}

function renamed(reader: avsc.Type, writer: avsc.Type, place: Place): string {
  return `${where(place)} is ${reader.typeName} ${simple(reader.name)}, but the data has ${simple(writer.name)}; if it was renamed, add the old name to its aliases`;
}

function changed(reader: avsc.Type, writer: avsc.Type, place: Place): string {
  return `${where(place)} is ${describeType(reader)}, which cannot be read from the ${describeType(writer)} in the data`;
}

function where(place: Place): string {
  return place.path === '' ? 'the whole value' : `field ${place.path}`;
}
