import { failure } from '../../errors.ts';
import type { Actor } from './actor.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** The log cannot answer yet: the request is looked at again a little later. */
export const WAIT: unique symbol = Symbol('wait');

export interface WireOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  /** Of the longest waits. 0: every answer comes at once. */
  readonly slowness: number;
  readonly trace: (who: string, what: string) => void;
}

/**
 * The way between the workers and the log. A request takes its time to get there and back; the log does what it says at
 * one moment, if the asker is still alive or has died while it was under way. Who dies gets no answer.
 */
export class Wire {
  readonly #options: WireOptions;

  constructor(options: WireOptions) {
    this.#options = options;
  }

  /** `again` is how long a request that must wait stays before it is looked at again, ms. */
  request<T>(actor: Actor, what: string, act: () => T | typeof WAIT, again = 2): Promise<T> {
    const { scheduler, faults, trace } = this.#options;
    return new Promise((resolve, reject) => {
      if (actor.isDead) return;
      faults.reach(actor, what);
      const loss = faults.lose(actor, what);
      const answer = (give: () => void): void =>
        scheduler.after(this.delay(), actor, () => {
          faults.reach(actor, `answer to ${what}`);
          if (!actor.isDead) give();
        });
      const arrive = (): void => {
        if (actor.isDead && !this.#options.random.chance(0.5)) return;
        if (loss !== undefined) trace(actor.name, `${what}: the ${loss} is lost`);
        try {
          const result = loss === 'request' ? undefined : act();
          if (result === WAIT) scheduler.after(again, actor, arrive);
          else if (loss !== undefined) answer(() => reject(lost(what)));
          else answer(() => resolve(result as T)); // It is a result where the request was not lost.
        } catch (error) {
          trace(actor.name, `${what}: ${error instanceof Error ? error.message : String(error)}`);
          answer(() => reject(error));
        }
      };
      scheduler.after(this.delay(), undefined, arrive);
    });
  }

  /** How long something takes that has no time of its own, ms: mostly next to nothing, now and then long. */
  delay(): number {
    const { random, slowness } = this.#options;
    const kind = random.next();
    if (slowness === 0 || kind < 0.6) return 0.05;
    if (kind < 0.95) return random.next() * slowness * 0.1;
    return random.next() * slowness;
  }
}

/** What a driver throws when it has tried for long enough. */
function lost(what: string): Error {
  return failure('KAFKA_TIMED_OUT', { what, waitedMs: 0, reason: 'the simulation lost the request or its answer' });
}
