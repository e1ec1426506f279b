import { missingTools } from '../../scripts/lib/tools.ts';

/**
 * True where servers can be started. Else says loudly that tests are left out; in CI that is a failure, since a green
 * run there must mean that they ran.
 */
export function canStartServers(what: string): boolean {
  const missing = missingTools();
  if (missing === null) return true;
  const line = `SKIPPED: ${what}, needs Java 17 and Maven (${missing})`;
  if (process.env['CI']) throw new Error(line);
  // biome-ignore lint/suspicious/noConsole: a skipped test must be seen in the run's output.
  console.warn(line);
  return false;
}
