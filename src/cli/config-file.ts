import { readFileSync } from 'node:fs';
import { failure } from '../errors.ts';
import { nearest } from '../util/nearest.ts';
import type { OptionTable } from './option-table.ts';
import type { ConfigFile } from './resolve-options.ts';

/**
 * Reads a config file, a JSON object of options by their names. It serves all commands, so it may have the options of
 * any. Throws SETTING_INVALID, also for names nobody knows.
 */
export async function readConfigFile(
  path: string | undefined,
  all: () => Promise<readonly OptionTable[]>,
): Promise<ConfigFile> {
  if (path === undefined) return { path: '', values: {} };
  const values = parsed(path);
  const known = [...new Set((await all()).flatMap(Object.keys))];
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
