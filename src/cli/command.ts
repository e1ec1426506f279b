import type { globalOptions } from './global-options.ts';
import type { OptionsOf, OptionTable } from './option-table.ts';

export type GlobalOptions = OptionsOf<typeof globalOptions>;

/**
 * Somewhere to write text.
 *
 * @see `main`
 */
export interface Output {
  /** Resolves when there is room for more. */
  write(text: string): Promise<void> | void;
  /** True where a person watches. */
  readonly isTTY: boolean;
}

/** What a command gets. Data go to `stdout`, talk goes to `stderr`. */
export interface CommandContext<T extends OptionTable = OptionTable> {
  readonly args: readonly string[];
  readonly options: OptionsOf<T>;
  readonly settings: GlobalOptions;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborted at SIGINT and SIGTERM. A command that never reads it is ended by them at once. */
  readonly signal: AbortSignal;
}

export interface CommandDefinition<T extends OptionTable = OptionTable> {
  /** As help shows them, and as they are checked: `TOPIC FILE…`, `[TOPOLOGY…]`. */
  readonly arguments: string;
  /** More than the summary, for its help. */
  readonly description: string;
  readonly options: T;
  readonly examples: readonly string[];
  /** Below the examples in its help. */
  readonly notes?: readonly string[];
  run(context: CommandContext<T>): Promise<void>;
}

/** Declares a command; its options' types come from its table. */
export function defineCommand<const T extends OptionTable>(definition: CommandDefinition<T>): CommandDefinition<T> {
  return definition;
}
