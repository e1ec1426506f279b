import { Command, Option } from 'commander';
import type { CommandDefinition } from './command.ts';
import { commands } from './commands.ts';
import { globalOptions } from './global-options.ts';
import { factsOf, type OptionFacts, type OptionTable } from './option-table.ts';

/** What was asked for on the command line. */
export interface Invocation {
  readonly args: readonly string[];
  /** Only those that were given, by their names. */
  readonly flags: Readonly<Record<string, unknown>>;
}

export interface ProgramOptions {
  readonly version: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The command that was named, if one was. */
  readonly loaded: { readonly name: string; readonly definition: CommandDefinition } | undefined;
  readonly invoked: (invocation: Invocation) => void;
}

/** The parser of the command line. It throws commander's error for wrong usage, and after help was shown. */
export function buildProgram({ version, out, err, loaded, invoked }: ProgramOptions): Command {
  const program = new Command('millrace')
    .description('Kafka Streams for TypeScript: state in SQLite, on Kafka or on an embedded log.')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [COMMAND]', 'show the help of a command')
    .configureOutput({ writeOut: out, writeErr: err })
    .showHelpAfterError(`Try: millrace${loaded === undefined ? '' : ` ${loaded.name}`} --help`)
    .exitOverride();
  program.addHelpText('after', `\n${ENVIRONMENT_HELP}`);
  addOptions(program, globalOptions);
  for (const [name, { summary }] of Object.entries(commands)) {
    const command = program.command(name, { hidden: false }).summary(summary);
    if (loaded?.name === name) fill(command, loaded.definition, invoked);
    else command.allowUnknownOption().allowExcessArguments();
  }
  return program;
}

const ENVIRONMENT_HELP =
  'Every option may also come from a variable (--data-dir: MILLRACE_DATA_DIR) or from the config file ("dataDir");\nflags win over variables, variables over the file. Exit codes: 0 done, 1 failed, 2 wrong usage.';

function fill(command: Command, definition: CommandDefinition, invoked: (invocation: Invocation) => void): void {
  command.description(definition.description);
  for (const part of definition.arguments.split(' ').filter((text) => text !== '')) {
    const isOptional = part.startsWith('[');
    const name = part.replaceAll(/[[\]…]/g, '');
    const rest = part.includes('…') ? '...' : '';
    command.argument(isOptional ? `[${name}${rest}]` : `<${name}${rest}>`);
  }
  addOptions(command, definition.options);
  command.optionsGroup('Global options:');
  addOptions(command, globalOptions);
  command.addHelpText('after', `\nExamples:\n${definition.examples.map((line) => `  ${line}`).join('\n')}`);
  if (definition.notes !== undefined) command.addHelpText('after', `\n${definition.notes.join('\n')}`);
  command.action(() => {
    invoked({ args: command.args, flags: command.optsWithGlobals() });
  });
}

function addOptions(command: Command, table: OptionTable): void {
  for (const facts of factsOf(table)) command.addOption(new Option(usage(facts), help(facts)));
}

function usage({ flag, value }: OptionFacts): string {
  return value === '' ? flag : `${flag} <${value}>`;
}

function help({ description, default: preset, isBoolean }: OptionFacts): string {
  return preset === undefined || isBoolean ? description : `${description} (default: ${String(preset)})`;
}
