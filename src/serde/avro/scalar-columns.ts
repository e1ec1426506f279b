import type avsc from 'avsc';
import { asBuffer } from '../as-buffer.ts';
import type { Column, SqlValue } from '../serde.ts';
import { decimal } from './decimal.ts';
import { jsonForm } from './json-form.ts';
import { isUnion } from './parse-schema.ts';
import { doubleFromText, doubleToText } from './special-doubles.ts';
import { DecimalType } from './types/decimal-type.ts';
import { BigLong } from './types/numbers.ts';

/** How values of one type become one column. */
export interface ScalarColumn extends Omit<Column, 'name' | 'default'> {
  readonly write: (value: unknown) => SqlValue;
  readonly read: (column: SqlValue) => unknown;
}

/** The column of a type: typed for scalars and nullable scalars, JSON text for all others. */
export function scalarColumn(type: avsc.Type): ScalarColumn {
  const inner = nullableOf(type);
  if (!inner) return plainColumn(type) ?? jsonColumn(type);
  const column = plainColumn(inner) ?? jsonColumn(inner);
  return {
    ...column,
    write: (value) => (value === null ? null : column.write(value)),
    read: (value) => (value === null ? null : column.read(value)),
  };
}

/** The other branch of a union with null. */
function nullableOf(type: avsc.Type): avsc.Type | undefined {
  if (!isUnion(type) || type.types.length !== 2) return undefined;
  const [inner, ...others] = type.types.filter((branch) => branch.typeName !== 'null');
  return others.length === 0 ? inner : undefined;
}

function plainColumn(type: avsc.Type): ScalarColumn | undefined {
  if (type instanceof DecimalType) return decimalColumn(type.scale);
  if (type instanceof BigLong) return WIDE;
  return Object.hasOwn(COLUMNS, type.typeName) ? COLUMNS[type.typeName] : undefined;
}

// The casts below say what the type that the column belongs to has checked, or what `write` has written.
const same = (value: unknown): SqlValue => value as SqlValue;
const TEXT: ScalarColumn = { type: 'TEXT', write: same, read: same };
const INTEGER: ScalarColumn = { type: 'INTEGER', write: same, read: Number };
const WIDE: ScalarColumn = { type: 'INTEGER', wide: true, write: same, read: (value) => BigInt(value as string) };
const BLOB: ScalarColumn = { type: 'BLOB', write: (value) => asBuffer(value as Uint8Array), read: same };
const BOOLEAN: ScalarColumn = {
  type: 'INTEGER',
  as: 'boolean',
  write: (value) => (value ? 1 : 0),
  read: (value) => Number(value) === 1,
};
// SQLite keeps infinities, and compares them rightly.
const REAL: ScalarColumn = {
  type: 'REAL',
  write: (value) => (Number.isFinite(value) || Number.isNaN(value) ? doubleToText(value as number) : (value as number)),
  read: (value) => doubleFromText(value as number | string),
};

const COLUMNS: Readonly<Record<string, ScalarColumn>> = {
  string: TEXT,
  enum: TEXT,
  'logical:uuid': TEXT,
  int: INTEGER,
  long: INTEGER,
  boolean: BOOLEAN,
  double: REAL,
  // What a reader of the topic will get is what the column has.
  float: { ...REAL, write: (value) => REAL.write(Math.fround(value as number)) },
  bytes: BLOB,
  fixed: BLOB,
};

function decimalColumn(scale: number): ScalarColumn {
  return {
    type: 'TEXT',
    write: (value) => decimal.format(value as bigint, scale),
    read: (value) => decimal.parse(value as string, scale),
  };
}

function jsonColumn(type: avsc.Type): ScalarColumn {
  const { toJson, fromJson } = jsonForm(type);
  return {
    type: 'TEXT',
    as: 'json',
    // A null of a union is a null of SQL.
    write: (value) => (value === null ? null : JSON.stringify(toJson(value))),
    read: (value) => (value === null ? null : fromJson(JSON.parse(value as string))),
  };
}
