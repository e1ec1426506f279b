import { readFileSync } from 'node:fs';
import { failure } from '../errors.ts';
import { nearest } from '../util/nearest.ts';
import { commands } from './commands.ts';
import { globalOptions } from './global-options.ts';
import type { ConfigFile } from './resolve-options.ts';

/** Reads a config file, a JSON object of options by their names. Throws SETTING_INVALID, also for names nobody knows. */
export async function readConfigFile(path: string | undefined): Promise<ConfigFile> {
  if (path === undefined) return { path: '', values: {} };
  const values = parsed(path);
  const known = await allOptionNames();
  for (const name of Object.keys(values)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    throw failure('SETTING_INVALID', { problems: `${path} has '${name}', which is no option${hint}` });
  }
  return { path, values };
}

function parsed(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw failure('SETTING_INVALID', { problems: `config file ${path}: ${(error as Error).message}` }, error);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw failure('SETTING_INVALID', { problems: `config file ${path} must hold one JSON object` });
}

/** A file serves all commands, so it may name the options of any. */
async function allOptionNames(): Promise<string[]> {
  const definitions = await Promise.all(Object.values(commands).map(({ load }) => load()));
  return [...new Set([globalOptions, ...definitions.map(({ options }) => options)].flatMap(Object.keys))];
}
