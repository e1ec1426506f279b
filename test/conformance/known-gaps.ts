/** What the interpreter cannot build yet, as `Unsupported` names it. An entry that no vector needs is an error. */
export const knownGaps: readonly string[] = [
  'globalTable',
  'join of tables, with a store',
  'leftJoin of tables, with a store',
  'outerJoin of tables, with a store',
  'table, versioned',
  'toTable, versioned',
];
