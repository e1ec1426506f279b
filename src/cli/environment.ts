import { distance } from 'fastest-levenshtein';
import { failure } from '../errors.ts';
import { nearest } from '../util/nearest.ts';
import { factsOf, type OptionTable } from './option-table.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'MILLRACE_';
/** Of the scripts and tests of a checkout. */
const NOT_OURS = ['MILLRACE_BENCH', 'MILLRACE_CACHE', 'MILLRACE_ORACLE'];
/** What Kubernetes puts into every container for a service that is called `millrace`, or `millrace-…`. */
const SERVICE = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;

/** The `MILLRACE_…` variables that are set and are none of these options. */
export function unknownVariables(env: Environment, tables: readonly OptionTable[]): string[] {
  const known = new Set(variablesOf(tables));
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith(PREFIX) && value !== '' && value !== undefined && !known.has(name))
    .filter(([name, value = '']) => !NOT_OURS.includes(name) && !SERVICE.test(name) && !/^\w+:\/\/[\d.:[]/.test(value))
    .map(([name]) => name);
}

/**
 * What to warn of, a line each: variables that no command has. A slip of one that there is throws SETTING_INVALID: what
 * was meant would be left at its default, a Kafka perhaps at the embedded log.
 */
export function environmentWarnings(unknown: readonly string[], tables: readonly OptionTable[]): string[] {
  const known = variablesOf(tables).map((name) => name.slice(PREFIX.length));
  return unknown.map((variable) => {
    const name = variable.slice(PREFIX.length);
    const meant = nearest(name, known);
    const hint = meant === undefined ? '' : `; did you mean ${PREFIX}${meant}?`;
    if (meant !== undefined && isSlip(name, meant))
      throw failure('SETTING_INVALID', { problems: `the variable ${variable} is no option${hint}` });
    return `the variable ${variable} is no option and has no effect${hint}`;
  });
}

/** A letter or two of a long name: nobody means something else by that. */
function isSlip(name: string, meant: string): boolean {
  return distance(name, meant) <= Math.min(2, Math.floor(meant.length / 4));
}

function variablesOf(tables: readonly OptionTable[]): string[] {
  return [...new Set(tables.flatMap((table) => factsOf(table).map(({ env }) => env)))];
}
