import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { failure, isMillraceError } from '../errors.ts';
import type { Topology } from '../topology/topology.ts';
import { MisfitError } from '../util/assert.ts';
import { unknownName } from './unknown-name.ts';

/** Topologies that come with Millrace. */
const BUILT_IN: Readonly<Record<string, () => Promise<Topology>>> = {
  orders: async () => (await import('../topologies/orders.ts')).orders,
  behaviour: async () => (await import('../topologies/behaviour.ts')).behaviour,
  analytics: async () => (await import('../topologies/analytics.ts')).analytics,
};

export const builtInTopologies: readonly string[] = Object.keys(BUILT_IN);

/**
 * A topology by its name, or those that a file exports. Throws NAME_UNKNOWN with the nearest name, FILE_UNREADABLE,
 * TOPOLOGY_UNLOADABLE.
 */
export async function loadTopologies(name: string): Promise<readonly Topology[]> {
  if (Object.hasOwn(BUILT_IN, name)) return [await BUILT_IN[name]?.()].filter((one) => one !== undefined);
  if (!/[/\\]|\.[cm]?[jt]s$/.test(name)) throw unknownName('topology', name, builtInTopologies);
  const path = resolve(name);
  if (!existsSync(path)) throw failure('FILE_UNREADABLE', { path: name, reason: 'it does not exist' });
  const exported = await load(name, path);
  // One that is the default export too is still one.
  const found = [...new Set(exported.filter(isTopology))];
  if (found.length > 0) return found;
  const names = exported.some((one) => typeof one === 'function')
    ? ': what it exports is a function; export topology(…) itself'
    : '; export what topology(…) gives';
  throw failure('FILE_UNREADABLE', { path: name, reason: `it exports no topology${names}` });
}

async function load(name: string, path: string): Promise<unknown[]> {
  try {
    return Object.values(await import(pathToFileURL(path).href));
  } catch (error) {
    const reason = `${said(error)}${placeIn(path, error)}`;
    throw failure('TOPOLOGY_UNLOADABLE', { path: name, reason, ...(isOfTypes(error) && { hint: TYPES }) }, error);
  }
}

/** Types are not checked when a file is run; what the compiler would have refused ends in an error of JavaScript. */
const TYPES = 'Mend the file: `npx tsc --noEmit` says what of it does not fit.';

function isOfTypes(error: unknown): boolean {
  return error instanceof TypeError || error instanceof MisfitError;
}

/** The first line: the others of a syntax error show the source. */
function said(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  const isNamed = error instanceof Error && !isMillraceError(error);
  return `${isNamed ? `${error.name}: ` : ''}${line.replace(/[.:]$/, '')}`;
}

/** Where in the file it was thrown. */
function placeIn(path: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const file = basename(path);
  const at = stack.indexOf(`${file}:`);
  const place = at < 0 ? undefined : /^:\d+(:\d+)?/.exec(stack.slice(at + file.length))?.[0];
  return place === undefined ? '' : ` (at ${file}${place})`;
}

function isTopology(value: unknown): value is Topology {
  return typeof value === 'object' && value !== null && 'subtopologies' in value && 'connect' in value;
}
