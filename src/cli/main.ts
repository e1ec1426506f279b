import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { type ErrorCode, isMillraceError } from '../errors.ts';
import { allOptions } from './all-options.ts';
import type { Output } from './command.ts';
import { commandNameIn } from './command-name.ts';
import { commands } from './commands.ts';
import { readConfigFile } from './config-file.ts';
import { environmentWarnings, unknownVariables } from './environment.ts';
import { globalOptions } from './global-options.ts';
import type { OptionsOf, OptionTable } from './option-table.ts';
import { placeOf } from './place-of.ts';
import { type ProcessIo, processIo } from './process-io.ts';
import { buildProgram, type Invocation, type ProgramOptions } from './program.ts';
import { resolveOptions } from './resolve-options.ts';
import { systemFailure } from './system-failure.ts';

/** Errors about what the user wrote, not about what happened then. */
const WRONG_USAGE: readonly ErrorCode[] = [
  'SETTING_INVALID',
  'NAME_UNKNOWN',
  'STORE_UNKNOWN',
  'STORE_KEY_INVALID',
  'STORE_PREFIX_INVALID',
  'SQL_INVALID',
];

const [DONE, FAILED, USAGE] = [0, 1, 2];

/**
 * Runs one command line (without the program's name). Gives the exit code: 0 done, 1 failed, 2 wrong usage. Errors go to
 * `stderr`; it does not throw.
 *
 * @example
 * let written = '';
 * const stdout = { isTTY: false, write: (text: string) => void (written += text) };
 * await main(['--help'], { stdout, stderr: stdout, env: {}, signal: new AbortController().signal }); // → 0
 * written.startsWith('Usage: millrace'); // → true
 */
export async function main(argv: readonly string[], io: ProcessIo = processIo()): Promise<number> {
  try {
    const name = commandNameIn(argv);
    const entry = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
    const loaded = name !== undefined && entry ? { name, definition: await entry.load() } : undefined;
    const invocation = await parse(argv, io, loaded);
    if (loaded !== undefined && invocation !== undefined) await runCommand(loaded, invocation, io);
    return DONE;
  } catch (error) {
    return await report(error, io.stderr);
  }
}

type Loaded = NonNullable<ProgramOptions['loaded']>;

async function parse(
  argv: readonly string[],
  io: ProcessIo,
  loaded: Loaded | undefined,
): Promise<Invocation | undefined> {
  const { stdout, stderr } = io;
  let invocation: Invocation | undefined;
  const program = buildProgram({
    version: version(),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    loaded,
    invoked: (found) => {
      invocation = found;
    },
  });
  await program.parseAsync(argv, { from: 'user' });
  return invocation;
}

async function runCommand({ definition }: Loaded, { args, flags }: Invocation, io: ProcessIo): Promise<void> {
  const { env, stdout, stderr } = io;
  const table = { ...globalOptions, ...definition.options };
  const config = flags['config'] ?? env['MILLRACE_CONFIG'];
  const file = await readConfigFile(typeof config === 'string' && config !== '' ? config : undefined, allOptions);
  await warnOfVariables(io, table);
  const all = await resolveOptions(table, { flags, env, file, others: allOptions });
  await definition.run({
    args,
    stdout,
    stderr,
    options: pick(all, definition.options),
    settings: pick(all, globalOptions),
    get signal() {
      return io.signal;
    },
  });
}

/** Other commands are loaded only where a variable is not of this one. */
async function warnOfVariables({ env, stderr }: ProcessIo, table: OptionTable): Promise<void> {
  if (unknownVariables(env, [table]).length === 0) return;
  const all = await allOptions();
  for (const line of environmentWarnings(unknownVariables(env, all), all))
    await stderr.write(`millrace: warning: ${line}\n`);
}

function pick<T extends OptionTable>(values: OptionsOf<T>, table: T): OptionsOf<T> {
  // The values of all options were resolved together, these among them.
  return Object.fromEntries(Object.keys(table).map((name) => [name, values[name]])) as OptionsOf<T>;
}

async function report(thrown: unknown, stderr: Output): Promise<number> {
  // Commander has said it already; its code is 0 after help and version.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? DONE : USAGE;
  const error = systemFailure(thrown);
  if (!isMillraceError(error)) {
    await stderr.write(`millrace: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return FAILED;
  }
  const place = error.code === 'PROCESSING_FAILED' ? placeOf(error.cause) : undefined;
  await stderr.write(`millrace: ${error.message}${place === undefined ? '' : ` It was thrown at ${place}.`}\n`);
  return WRONG_USAGE.includes(error.code) ? USAGE : FAILED;
}

function version(): string {
  const { version: text } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return String(text);
}
