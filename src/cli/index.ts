/** The command line, for programs: `main(['query', 'user-totals'])` gives the exit code. */
export type { Output } from './command.ts';
export { main } from './main.ts';
export type { ProcessIo } from './process-io.ts';
