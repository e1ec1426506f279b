import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env, pid, platform } from 'node:process';

/** Where downloaded servers are kept: `MILLRACE_CACHE`, or `millrace` in the user's cache folder. */
export function cacheFolder(): string {
  if (env['MILLRACE_CACHE']) return env['MILLRACE_CACHE'];
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? homedir(), 'millrace');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'millrace');
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'millrace');
}

/**
 * The folder `name` of the cache, filled by `fill` if it is not there yet. It is filled under another name and renamed
 * when whole, so that neither an interrupted download nor two at a time leave half of it.
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), name);
  if (await exists(folder)) return folder;
  const draft = `${folder}.${pid}.part`;
  mkdirSync(draft, { recursive: true });
  try {
    await fill(draft);
    if (!(await exists(folder))) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
