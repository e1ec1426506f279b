import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE =
  process.env['MILLRACE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'millrace');

/** A Python that has Confluent's client, in an environment of its own; made once. Undefined where there is no Python. */
export function pythonWithKafka(): string | undefined {
  const home = join(CACHE, 'python-confluent-kafka');
  const python = join(home, 'bin/python');
  const isReady = join(home, 'ready');
  if (existsSync(isReady)) return python;
  try {
    mkdirSync(CACHE, { recursive: true });
    execFileSync('python3', ['-m', 'venv', home], { stdio: 'ignore' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'confluent-kafka[avro,schemaregistry]==2.16.0'], {
      stdio: 'ignore',
    });
    mkdirSync(isReady);
    return python;
  } catch (error) {
    const reason = `SKIPPED: the independent client, needs python3 with venv and pip (${error})`;
    if (process.env['CI']) throw new Error(reason);
    // biome-ignore lint/suspicious/noConsole: a skipped test must be seen in the run's output.
    console.warn(reason);
    return undefined;
  }
}
