import { setTimeout as wait } from 'node:timers/promises';
import type { Timing } from './retry.ts';

/** The machine's clock, and real chance. */
export const systemTiming: Timing = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    // An abort ends the wait; whoever waits looks at the signal.
    await wait(ms, undefined, { signal }).catch(() => {});
  },
  random: () => Math.random(),
};
