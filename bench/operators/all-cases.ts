import { baseline } from './cases/baseline.ts';
import { groups } from './cases/groups.ts';
import { joins } from './cases/joins.ts';
import { processors } from './cases/processors.ts';
import { stateless } from './cases/stateless.ts';
import { stores } from './cases/stores.ts';
import { tables } from './cases/tables.ts';
import { windows } from './cases/windows.ts';
import type { OperatorCase, OperatorCases } from './operator-case.ts';

/** The cases by kind: those of a kind can be compared with each other. */
export const casesByKind: Readonly<Record<string, OperatorCases>> = {
  baseline,
  stateless,
  tables,
  groups,
  windows,
  joins,
  processors,
  stores,
};

export interface NamedCase extends OperatorCase {
  readonly name: string;
  readonly kind: string;
  readonly over: string;
}

export const allCases: readonly NamedCase[] = Object.entries(casesByKind).flatMap(([kind, cases]) =>
  Object.entries(cases).map(([name, { over = 'baseline/stream', ...rest }]) => ({ name, kind, over, ...rest })),
);

/** Throws where there is none of that name. */
export function caseOf(name: string): NamedCase {
  const found = allCases.find((each) => each.name === name);
  if (found === undefined)
    throw new Error(`no case ${name}; there are ${allCases.map((each) => each.name).join(', ')}`);
  return found;
}

/** The cases of operators or of whole names, and those that they are measured against. */
export function casesFor(wanted: readonly string[]): NamedCase[] {
  if (wanted.length === 0) return [...allCases];
  const names = new Set(wanted.flatMap(namesOf));
  for (const name of names) names.add(caseOf(name).over);
  return allCases.filter(({ name }) => names.has(name));
}

function namesOf(wanted: string): string[] {
  const found = allCases.filter(({ name }) => name === wanted || operatorOf(name) === wanted);
  return found.length === 0 ? [caseOf(wanted).name] : found.map(({ name }) => name);
}

/** The operator of a case: the name of its file. */
export const operatorOf = (name: string): string => name.split('/')[0] ?? name;
