import type avsc from 'avsc';
import { asBuffer } from '../as-buffer.ts';
import { decimal } from './decimal.ts';
import { isRecord, isUnion } from './parse-schema.ts';
import { doubleFromText, doubleToText } from './special-doubles.ts';
import { Dictionary, List, setKey } from './types/collections.ts';
import { DecimalType } from './types/decimal-type.ts';
import { BigLong } from './types/numbers.ts';
import type { PlainUnion } from './types/union.ts';

/**
 * The JSON of nested values, made to be read by people and SQL, and exact: records and maps are objects, bytes are hex
 * as SQLite's `hex()` writes it, decimals are text with their point, bigints beyond 2^53 and NaN, Infinity and minus
 * zero are text. Branches of a union stand for themselves, unless two would look alike: then as `{"branch": value}`.
 */
export interface Form {
  readonly toJson: Convert;
  readonly fromJson: Convert;
}

type Convert = (value: unknown) => unknown;

/** Forms by type, so that recursive types end. */
type Forms = Map<avsc.Type, Form>;

export function jsonForm(type: avsc.Type): Form {
  return formOf(type, new Map());
}

function formOf(type: avsc.Type, forms: Forms): Form {
  const known = forms.get(type);
  if (known) return known;
  const form: Form = { toJson: same, fromJson: same };
  forms.set(type, form);
  return Object.assign(form, makeForm(type, forms));
}

const same: Convert = (value) => value;

function makeForm(type: avsc.Type, forms: Forms): Form {
  if (isRecord(type)) return recordForm(type, forms);
  if (isUnion(type)) return unionForm(type, forms);
  if (type instanceof List) return listForm(formOf(type.itemsType, forms));
  if (type instanceof Dictionary) return mapForm(formOf(type.valuesType as avsc.Type, forms));
  return scalarForm(type);
}

function scalarForm(type: avsc.Type): Form {
  if (type instanceof DecimalType) return decimalForm(type.scale);
  if (type instanceof BigLong) return BIG_LONG;
  switch (type.typeName) {
    case 'float':
      return { ...DOUBLE, toJson: (value) => doubleToText(Math.fround(value as number)) };
    case 'double':
      return DOUBLE;
    case 'bytes':
    case 'fixed':
      return HEX;
    default:
      return { toJson: same, fromJson: same };
  }
}

// The casts below say what the type that the form belongs to has checked, or what `toJson` has written.
const DOUBLE: Form = {
  toJson: (value) => doubleToText(value as number),
  fromJson: (json) => doubleFromText(json as number | string),
};
const HEX: Form = {
  toJson: (value) =>
    asBuffer(value as Uint8Array)
      .toString('hex')
      .toUpperCase(),
  fromJson: (json) => Buffer.from(json as string, 'hex'),
};
const BIG_LONG: Form = {
  toJson: (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value)),
  fromJson: (json) => BigInt(json as number | string),
};

function decimalForm(scale: number): Form {
  return {
    toJson: (value) => decimal.format(value as bigint, scale),
    fromJson: (json) => decimal.parse(json as string, scale),
  };
}

function listForm(items: Form): Form {
  return {
    toJson: (value) => (value as unknown[]).map((item) => items.toJson(item)),
    fromJson: (json) => (json as unknown[]).map((item) => items.fromJson(item)),
  };
}

function mapForm(values: Form): Form {
  return { toJson: (value) => mapEntries(value, values.toJson), fromJson: (json) => mapEntries(json, values.fromJson) };
}

function mapEntries(map: unknown, convert: Convert): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(map as object)) setKey(result, key, convert(value));
  return result;
}

function recordForm(type: avsc.types.RecordType, forms: Forms): Form {
  const fields = type.fields.map((field) => ({ field, name: field.name, form: formOf(field.type, forms) }));
  const Record = type.recordConstructor as new (...values: unknown[]) => object;
  return {
    toJson: (value) => {
      const record = value as Json;
      return Object.fromEntries(
        fields.map(({ field, name, form }) => [
          name,
          form.toJson(record[name] === undefined ? field.defaultValue() : record[name]),
        ]),
      );
    },
    fromJson: (json) => {
      const record = json as Json;
      // A field that the writer did not know yet is left to the constructor, which has the default.
      return new Record(
        ...fields.map(({ name, form }) => (Object.hasOwn(record, name) ? form.fromJson(record[name]) : undefined)),
      );
    },
  };
}

type Json = { readonly [name: string]: unknown };

interface Branch {
  readonly name: string;
  readonly form: Form;
  readonly looks: readonly string[];
}

function unionForm(type: avsc.types.UnwrappedUnionType, forms: Forms): Form {
  const branches = type.types.map((branch) => ({
    name: String(branch.branchName),
    form: formOf(branch, forms),
    looks: looksOf(branch),
  }));
  const looks = branches.flatMap((branch) => branch.looks);
  const branchOf = (value: unknown): Branch => branches[(type as PlainUnion)._getIndex(value) as number] as Branch;
  return new Set(looks).size === looks.length
    ? plainUnionForm(branches, branchOf)
    : wrappedUnionForm(branches, branchOf);
}

type BranchOf = (value: unknown) => Branch;

function plainUnionForm(branches: readonly Branch[], branchOf: BranchOf): Form {
  const byLook = new Map(branches.flatMap((branch) => branch.looks.map((look) => [look, branch.form] as const)));
  return {
    toJson: (value) => branchOf(value).form.toJson(value),
    fromJson: (json) => byLook.get(lookOf(json))?.fromJson(json),
  };
}

function wrappedUnionForm(branches: readonly Branch[], branchOf: BranchOf): Form {
  const byName = new Map(branches.map((branch) => [branch.name, branch.form]));
  return {
    toJson: (value) => {
      const { name, form } = branchOf(value);
      return value === null ? null : { [name]: form.toJson(value) };
    },
    fromJson: (json) => {
      const [entry] = Object.entries(json ?? {});
      return entry ? byName.get(entry[0])?.fromJson(entry[1]) : null;
    },
  };
}

/** What JSON of a type can be: a double may also be text. */
function looksOf(type: avsc.Type): readonly string[] {
  if (type instanceof DecimalType) return ['string'];
  if (type instanceof BigLong) return ['number', 'string'];
  switch (type.typeName) {
    case 'float':
    case 'double':
      return ['number', 'string'];
    case 'int':
    case 'long':
      return ['number'];
    case 'null':
    case 'boolean':
    case 'array':
      return [type.typeName];
    case 'record':
    case 'map':
      return ['object'];
    default:
      return ['string'];
  }
}

function lookOf(json: unknown): string {
  if (json === null) return 'null';
  return Array.isArray(json) ? 'array' : typeof json;
}
