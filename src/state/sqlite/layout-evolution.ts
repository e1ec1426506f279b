import { failure } from '../../errors.ts';
import type { Column, Columns, SqlValue } from '../../serde/serde.ts';
import { PARTITION, type StoredColumn, type StoredSide, type StoreLayout, TIMESTAMP } from './store-layout.ts';

/** A column that rows of an older layout lack. */
export interface AddedColumn {
  readonly column: StoredColumn;
  readonly default: SqlValue;
  /** It is in the table, from a time when the value had the field before: only its nulls are to be filled. */
  readonly isBack: boolean;
}

export interface EvolvedLayout {
  readonly layout: StoreLayout;
  readonly added: readonly AddedColumn[];
}

/** What the layout depends on of a `StoreSpec`. */
export interface StoreShape {
  readonly name: string;
  readonly key: { readonly columns: ColumnList };
  readonly value: { readonly columns: ColumnList };
  readonly index?: readonly number[];
  readonly keyOrder?: boolean;
}

type ColumnList = Pick<Columns<never>, 'columns'>;

/**
 * What the table must become. New fields of the value add columns, gone ones are dropped from use. Anything else (the
 * key, a type) cannot be changed in place. Throws STATE_STORE_CHANGED.
 */
export function evolveLayout(path: string, spec: StoreShape, stored: StoreLayout | undefined): EvolvedLayout {
  if (stored === undefined) return { layout: newLayout(spec), added: [] };
  const check = new SideCheck(path, spec.name);
  const key = check.unchanged(stored.key, spec.key.columns);
  const taken = [PARTITION, TIMESTAMP, ...key.columns.map((column) => column.name)];
  return check.value(stored, key, spec.value.columns, taken);
}

function newLayout(spec: StoreShape): StoreLayout {
  const taken = [PARTITION, TIMESTAMP];
  const key = { isRecord: isRecord(spec.key.columns), columns: named(spec.key.columns.columns('key'), 'key', taken) };
  const columns = named(spec.value.columns.columns('value'), 'value', taken);
  return { name: spec.name, key, value: { isRecord: isRecord(spec.value.columns), columns } };
}

/** A lone column that takes the name of its use is no field. */
function isRecord(columns: ColumnList): boolean {
  const names = (['key', 'value'] as const).map((use) =>
    columns
      .columns(use)
      .map((column) => column.name)
      .join(),
  );
  return names[0] !== 'key' || names[1] !== 'value';
}

function named(columns: readonly Column[], use: 'key' | 'value', taken: string[]): StoredColumn[] {
  return columns.map((column) => storedColumn(column, freeName(column.name, use, taken)));
}

/** SQLite's names know no case. A field whose name is taken becomes `value_name`, then `value_name_2`. */
function freeName(field: string, use: 'key' | 'value', taken: string[]): string {
  const isTaken = (name: string): boolean => taken.some((each) => each.toLowerCase() === name.toLowerCase());
  let name = isTaken(field) ? `${use}_${field}` : field;
  for (let i = 2; isTaken(name); i++) name = `${use}_${field}_${i}`;
  taken.push(name);
  return name;
}

function storedColumn({ name: field, type, wide, as }: Column, name: string): StoredColumn {
  return { field, name, type, ...(wide === true && { wide }), ...(as !== undefined && { as }) };
}

class SideCheck {
  readonly #path: string;
  readonly #store: string;

  constructor(path: string, store: string) {
    this.#path = path;
    this.#store = store;
  }

  /** A key stays as it is, down to the order of its columns: it is the primary key. */
  unchanged(stored: StoredSide, columns: ColumnList): StoredSide {
    const wanted = columns.columns('key');
    this.#sameForm(stored, columns, 'key');
    for (let i = 0; i < Math.max(wanted.length, stored.columns.length); i++) {
      const [found, want] = [stored.columns[i], wanted[i]];
      const field = `key column ${i + 1}`;
      const of = (column: StoredColumn | Column | undefined, name?: string): string =>
        column === undefined ? 'nothing' : `${name} ${typeOf(column)}`;
      if (of(found, found?.field) !== of(want, want?.name))
        this.#refuse(field, of(found, found?.field), of(want, want?.name));
    }
    return {
      ...stored,
      columns: wanted.map((column, i) => storedColumn(column, stored.columns[i]?.name ?? column.name)),
    };
  }

  value(stored: StoreLayout, key: StoredSide, columns: ColumnList, taken: string[]): EvolvedLayout {
    this.#sameForm(stored.value, columns, 'value');
    taken.push(...stored.value.columns.map((column) => column.name));
    const added: AddedColumn[] = [];
    const live = columns.columns('value').map((column) => {
      const found = stored.value.columns.find((each) => each.field === column.name);
      if (found !== undefined) this.#sameType(found, column);
      const kept = storedColumn(column, found?.name ?? freeName(column.name, 'value', taken));
      if (found === undefined || found.dropped === true) {
        added.push({ column: kept, default: column.default ?? null, isBack: found !== undefined });
      }
      return kept;
    });
    const dropped = stored.value.columns
      .filter((column) => !live.some((each) => each.field === column.field))
      .map((column) => ({ ...column, dropped: true }));
    const value = { isRecord: stored.value.isRecord, columns: [...live, ...dropped] };
    return { layout: { name: stored.name, key, value }, added };
  }

  #sameForm(stored: StoredSide, columns: ColumnList, use: 'key' | 'value'): void {
    const form = (isOne: boolean): string => (isOne ? 'a record' : 'a plain value');
    const wanted = isRecord(columns);
    if (stored.isRecord !== wanted) this.#refuse(`its ${use}`, form(stored.isRecord), form(wanted));
  }

  #sameType(found: StoredColumn, wanted: Column): void {
    if (typeOf(found) !== typeOf(wanted)) this.#refuse(`field ${found.field}`, typeOf(found), typeOf(wanted));
  }

  #refuse(field: string, found: string, wanted: string): never {
    throw failure('STATE_STORE_CHANGED', { path: this.#path, store: this.#store, field, found, wanted });
  }
}

/** `wide` is no part of it: an integer that grows to 64 bits is read in another way, not stored in another. */
function typeOf(column: { readonly type: string; readonly as?: string | undefined }): string {
  return column.as === undefined ? column.type : `${column.type} (${column.as})`;
}
