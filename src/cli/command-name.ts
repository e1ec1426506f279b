import { globalOptions } from './global-options.ts';
import { factsOf } from './option-table.ts';

/** The first word of a command line that is neither an option nor an option's value: the command, or a slip of it. */
export function commandNameIn(argv: readonly string[]): string | undefined {
  const valued = new Set(factsOf(globalOptions).flatMap(({ flag, isBoolean }) => (isBoolean ? [] : [flag])));
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (!word.startsWith('-')) return word === 'help' ? argv[index + 1] : word;
    if (valued.has(word)) index++;
  }
  return undefined;
}
