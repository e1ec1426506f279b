import type avsc from 'avsc';
import { failure } from '../../errors.ts';
import type { Column, Columns, SqlValue } from '../serde.ts';
import { singleColumn } from '../single-column.ts';
import { isRecord } from './parse-schema.ts';
import { type ScalarColumn, scalarColumn } from './scalar-columns.ts';

/** The columns of a type: one a field for a record, one for anything else. `name` is the serde's, for errors. */
export function avroColumns<T>(type: avsc.Type, name: string): Columns<T> {
  if (isRecord(type)) return recordColumns<T>(type, name);
  const { write, read, ...column } = scalarColumn(type);
  return singleColumn<T>(column, write, (value) => read(value) as T);
}

interface FieldColumn extends ScalarColumn {
  readonly name: string;
  readonly default?: SqlValue;
}

function recordColumns<T>(type: avsc.types.RecordType, name: string): Columns<T> {
  const fields = type.fields.map(fieldColumn);
  const columns = fields.map(({ write, read, ...column }): Column => column);
  const writeMissing = (index: number): SqlValue => missing(fields[index] as FieldColumn, name);
  return {
    columns: () => columns,
    write: compileWrite(fields, writeMissing),
    read: compileRead(fields, type.recordConstructor),
  };
}

function fieldColumn(field: avsc.types.Field): FieldColumn {
  const column = { ...scalarColumn(field.type), name: field.name };
  const value: unknown = field.defaultValue();
  return value === undefined ? column : { ...column, default: column.write(value) };
}

/** Encoding takes a missing field for its default, so this does too. */
function missing(field: FieldColumn, serde: string): SqlValue {
  if (field.default !== undefined) return field.default;
  throw failure('VALUE_INVALID', { serde, path: field.name, actual: 'missing', expected: 'there' });
}

// Code is generated for the two, because reaching fields by their names and calling the constructor with its arguments
// written out is several times as fast as doing it in loops. Field names are identifiers: avsc has checked them.

function compileWrite<T>(
  fields: readonly FieldColumn[],
  writeMissing: (index: number) => SqlValue,
): (value: T) => SqlValue[] {
  const parts = fields.map(({ name }, i) => `value.${name} === undefined ? missing(${i}) : w${i}(value.${name})`);
  const body = `return (value) => [${parts.join(', ')}];`;
  const names = fields.map((_, i) => `w${i}`);
  return new Function(...names, 'missing', body)(...fields.map((field) => field.write), writeMissing);
}

function compileRead<T>(fields: readonly FieldColumn[], Record: unknown): (row: readonly SqlValue[], at: number) => T {
  const parts = fields.map((_, i) => `r${i}(row[at + ${i}])`);
  const body = `return (row, at) => new Record(${parts.join(', ')});`;
  const names = fields.map((_, i) => `r${i}`);
  return new Function(...names, 'Record', body)(...fields.map((field) => field.read), Record);
}
