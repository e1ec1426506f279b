import { commands } from './commands.ts';
import { globalOptions } from './global-options.ts';
import type { OptionTable } from './option-table.ts';

/** The options of all commands: one config file, and one environment, serve them all. Loads every command. */
export async function allOptions(): Promise<readonly OptionTable[]> {
  const definitions = await Promise.all(Object.values(commands).map(({ load }) => load()));
  return [globalOptions, ...definitions.map(({ options }) => options)];
}
