/** One life of a worker. Whatever it still does after its death has no effect, and gets no answer. */
export class Actor {
  readonly name: string;
  isDead = false;
  /** Until then it runs no code: a long garbage collection, a laptop asleep. */
  stalledUntil = 0;
  /** Time that its own work has taken, ms. */
  cpuMs = 0;

  constructor(name: string) {
    this.name = name;
  }
}
