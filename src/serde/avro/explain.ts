import type avsc from 'avsc';
import { shown } from '../shown.ts';
import { isRecord, isUnion } from './parse-schema.ts';
import { Dictionary, List } from './types/collections.ts';
import { DecimalType } from './types/decimal-type.ts';
import { unitOf } from './types/numbers.ts';
import { Uuid } from './types/text.ts';

/** Why a value does not fit a type: the first field that is wrong, what it is, what it must be. */
export interface Mismatch {
  readonly path: string;
  readonly actual: string;
  readonly expected: string;
}

/** Undefined where avsc's check finds nothing wrong. */
export function explainValue(type: avsc.Type, value: unknown): Mismatch | undefined {
  let first: Mismatch | undefined;
  type.isValid(value, {
    errorHook(path, part, expected) {
      first ??= { path: path.join('.') || 'it', actual: shown(part), expected: describeType(expected) };
    },
  });
  return first;
}

/** A type in words: `int`, `timestamp-millis`, `enum Status (CREATED, PAID)`, `null or string`. */
export function describeType(type: avsc.Type): string {
  if (type instanceof DecimalType) return `decimal(${type.precision}, ${type.scale}) (a bigint, the unscaled value)`;
  if (type instanceof Uuid || type.typeName === 'logical:uuid') return 'uuid';
  if (isUnion(type)) return type.types.map(describeType).join(' or ');
  if (type instanceof List) return `array of ${shortName(type.itemsType)}`;
  if (type instanceof Dictionary) return `map of ${shortName(type.valuesType as avsc.Type)}`;
  return unitOf(type) ?? named(type);
}

function named(type: avsc.Type): string {
  switch (type.typeName) {
    case 'long':
      return 'long';
    case 'enum':
      return `enum ${shortName(type)} (${(type as avsc.types.EnumType).symbols.join(', ')})`;
    case 'fixed':
      return `fixed ${shortName(type)} of ${(type as avsc.types.FixedType).size} bytes`;
    default:
      return isRecord(type) ? `record ${shortName(type)}` : type.typeName;
  }
}

function shortName(type: avsc.Type): string {
  return type.name?.split('.').at(-1) ?? describeType(type);
}
