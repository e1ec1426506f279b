import { setImmediate as nextTurn } from 'node:timers/promises';
import { BinaryHeap } from '../../util/binary-heap.ts';
import type { Actor } from './actor.ts';

interface Event {
  at: number;
  readonly order: number;
  readonly actor: Actor | undefined;
  readonly run: () => void;
}

/**
 * Virtual time. Everything that happens is an event at a time that a seed has chosen, and one event runs at a time: with
 * all promises that follow from it, to their next wait. So a run depends on its seed alone.
 */
export class Scheduler {
  /** ms since 1970. */
  now: number;
  /** Events that have run. */
  steps = 0;
  #order = 0;
  readonly #events = new BinaryHeap<Event>((a, b) => a.at - b.at || a.order - b.order);

  constructor(now: number) {
    this.now = now;
  }

  /** Runs something after so many ms; where it belongs to an actor, only if that one lives, and not while it is stalled. */
  after(ms: number, actor: Actor | undefined, run: () => void): void {
    this.#events.add({ at: this.now + ms, order: this.#order++, actor, run });
  }

  /** Resolves after so many ms; never, if the actor dies first. */
  pause(ms: number, actor: Actor): Promise<void> {
    return new Promise((resolve) => this.after(ms, actor, resolve));
  }

  /** Runs events until `done`. False where that was not reached within so many of them. */
  async run(done: () => boolean, mostSteps: number): Promise<boolean> {
    // What was begun outside of any event comes to its first wait.
    await nextTurn();
    while (!done()) {
      if (this.steps >= mostSteps) return false;
      if (this.#runNext()) await nextTurn();
    }
    return true;
  }

  /** True where an actor may have something to do now. */
  #runNext(): boolean {
    const event = this.#events.poll();
    if (event === undefined) throw new Error('Bug in Millrace: nothing will ever happen again in this simulation');
    const { actor } = event;
    if (actor?.isDead) return false;
    this.now = Math.max(this.now, event.at);
    if (actor !== undefined && actor.stalledUntil > this.now) {
      event.at = actor.stalledUntil;
      this.#events.add(event);
      return false;
    }
    this.steps++;
    event.run();
    return actor !== undefined;
  }
}
