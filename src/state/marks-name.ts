/** The marks of a store with times are beside its rows, in a table of its name with this behind: no store can have it. */
const MARKS = '#times';

/** The name of the table with the marks of a store. */
export function marksName(store: string): string {
  return `${store}${MARKS}`;
}

/** The store that a table belongs to: its rows are there, or its marks. */
export function storeOf(table: string): string {
  return isMarksName(table) ? table.slice(0, -MARKS.length) : table;
}

export function isMarksName(table: string): boolean {
  return table.endsWith(MARKS);
}
