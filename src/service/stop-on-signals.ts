/** What a service needs to have to be stopped. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** The part of `process` that tells of signals. */
export interface SignalSource {
  once(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Stops the service at the first SIGINT or SIGTERM; a second signal of a kind ends the process at once, as ever. Gives
 * a function that undoes it. How the stop went is seen in the service's `finished`.
 *
 * @example
 * const worker = createWorker({ topology: spending, log, registry });
 * await worker.start();
 * stopOnSignals(worker);
 * await worker.finished();
 */
export function stopOnSignals(service: Stoppable, source: SignalSource = process): () => void {
  const stop = (): void => {
    // A stop that fails makes `finished` reject, and that is where it is told.
    service.stop().catch(() => {});
  };
  for (const signal of SIGNALS) source.once(signal, stop);
  return () => {
    for (const signal of SIGNALS) source.off(signal, stop);
  };
}
