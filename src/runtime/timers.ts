/** The clock as asynchronous steps need it; the test driver has one of its own. */
export interface Timers {
  /** Calls back after so many ms. Gives what cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** Waits before another attempt; ends early when the signal is aborted. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemTimers: Timers = {
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  pause: (ms, signal) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      if (signal.aborted) done();
      else signal.addEventListener('abort', done);
    }),
};
