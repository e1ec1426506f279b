/**
 * Which columns the table of a store has. Kept in the file's catalogue as JSON, so that who has no topology can read it,
 * and so that a column keeps its name when fields come and go.
 */
import { z } from 'zod';

const column = z.object({
  /** Of the key or value, or `key` / `value` where it is one column as a whole. */
  field: z.string(),
  /** Its name in the table. */
  name: z.string(),
  type: z.enum(['INTEGER', 'REAL', 'TEXT', 'BLOB']),
  wide: z.boolean().optional(),
  as: z.enum(['json', 'boolean']).optional(),
  /** No longer a field of the value: neither read nor written. */
  dropped: z.boolean().optional(),
});

const side = z.object({
  /** False where the key or value is one column as a whole. */
  isRecord: z.boolean(),
  columns: z.array(column),
});

export type StoredColumn = Readonly<z.infer<typeof column>>;

export interface StoredSide {
  readonly isRecord: boolean;
  readonly columns: readonly StoredColumn[];
}

export interface StoreLayout {
  readonly name: string;
  readonly key: StoredSide;
  readonly value: StoredSide;
}

/** The table's first column. No key column can have its name, since names that clash are changed. */
export const PARTITION = '_partition';
export const TIMESTAMP = '_timestamp';

export function parseSide(json: string): StoredSide {
  return side.parse(JSON.parse(json));
}

/** The columns that are read and written. */
export function liveColumns(side: StoredSide): StoredColumn[] {
  return side.columns.filter((each) => each.dropped !== true);
}
