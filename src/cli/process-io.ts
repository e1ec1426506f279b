import type { Output } from './command.ts';
import { systemFailure } from './system-failure.ts';

/**
 * The process as the command line sees it.
 *
 * @see `main`
 */
export interface ProcessIo {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted at SIGINT and SIGTERM; who has not asked for it is ended by them at once, as ever. */
  readonly signal: AbortSignal;
}

/** The real process. A reader that went away (`| head`) ends it quietly. */
export function processIo(): ProcessIo {
  let signal: AbortSignal | undefined;
  return {
    stdout: streamOutput(process.stdout),
    stderr: streamOutput(process.stderr),
    env: process.env,
    get signal() {
      signal ??= stopSignal();
      return signal;
    },
  };
}

/** A second signal of a kind ends the process: `once` gives its default back. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

function streamOutput(stream: NodeJS.WriteStream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    // Nobody awaits what a stream could not write in the end.
    const failed = systemFailure(error);
    process.stderr.write(`millrace: ${failed instanceof Error ? failed.message : String(failed)}\n`, () =>
      process.exit(1),
    );
  });
  return {
    isTTY: stream.isTTY === true,
    write: (text) => (stream.write(text) ? undefined : new Promise((resolve) => stream.once('drain', resolve))),
  };
}
