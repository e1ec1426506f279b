import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { systemTimers, type Timers } from './timers.ts';

/** All that a stream thread knows of time and of the event loop; the simulation puts its own in the place of it. */
export interface Timing {
  /** The clock on the wall, ms since 1970. */
  now(): number;
  /** A clock that never goes back, ms since any moment. */
  monotonic(): number;
  /** Resolves after so many ms. */
  sleep(ms: number): Promise<void>;
  /** Lets whatever else is ready have its turn. */
  turn(): Promise<void>;
  /** For asynchronous steps. */
  readonly timers: Timers;
}

export const systemTiming: Timing = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms) => {
    await delay(ms);
  },
  turn: () => nextTurn(),
  timers: systemTimers,
};
