import type { Timing } from '../../src/service/retry.ts';

/** Time that passes only by sleeping: no test waits. */
export class ManualTiming implements Timing {
  readonly sleeps: number[] = [];
  readonly #onSleep: () => void;
  #now = 0;

  constructor(onSleep: () => void = () => {}) {
    this.#onSleep = onSleep;
  }

  now(): number {
    return this.#now;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  async sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    this.#now += ms;
    this.#onSleep();
    // Lets others run, as a real wait would.
    await new Promise((resolve) => setImmediate(resolve));
  }

  random(): number {
    return 0.5;
  }
}
