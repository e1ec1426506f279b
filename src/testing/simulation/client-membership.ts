import { isMillraceError } from '../../errors.ts';
import type { Membership, MemberToken, TaskId } from '../../log/port.ts';
import type { Actor } from './actor.ts';
import type { World } from './client.ts';
import { SESSION_MS } from './group.ts';

/** A place in the simulated group, which beats until it is left or lost. */
export class ClientMembership implements Membership {
  readonly token: MemberToken;
  readonly #world: World;
  readonly #actor: Actor;
  #assigned: readonly TaskId[] | null = null;
  #failure: Error | null = null;
  /** Tasks given to this member that it has not given up, by name. */
  readonly #held = new Map<string, TaskId>();
  #released: readonly TaskId[] = [];
  #change = Promise.withResolvers<void>();
  #isOver = false;

  constructor(world: World, actor: Actor, token: MemberToken) {
    this.#world = world;
    this.#actor = actor;
    this.token = token;
    this.#beatLater(0);
  }

  get assigned(): readonly TaskId[] | null {
    return this.#assigned;
  }

  get failure(): Error | null {
    return this.#failure;
  }

  changed(): Promise<void> {
    return this.#change.promise;
  }

  /** Only what was taken away and is not listed is given up: what is assigned and not begun yet stays. */
  report(running: readonly TaskId[]): void {
    this.#world.faults.reach(this.#actor, 'report tasks');
    if (this.#actor.isDead) return;
    this.#world.trace(this.#actor.name, `runs ${running.map(nameOf).join(' ') || 'nothing'}`);
    const kept = new Set([...running, ...(this.#assigned ?? [])].map(nameOf));
    for (const [name, task] of this.#held) {
      if (kept.has(name)) continue;
      this.#held.delete(name);
      this.#released = [...this.#released, task];
    }
  }

  async leave({ keep = false }: { keep?: boolean } = {}): Promise<void> {
    this.#isOver = true;
    const { wire, log } = this.#world;
    if (!keep && this.#failure === null)
      await wire.request(this.#actor, 'leave the group', () => log.group.leave(this.token));
    this.#change.resolve();
  }

  #beatLater(ms: number): void {
    this.#world.scheduler.after(ms, this.#actor, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    if (this.#isOver) return;
    const { wire, log, random } = this.#world;
    const released = this.#released;
    try {
      const assigned = await wire.request(this.#actor, 'beat', () => log.group.beat(this.token, released));
      this.#released = this.#released.filter((task) => !released.includes(task));
      this.#hear(assigned);
    } catch (error) {
      if (!(isMillraceError(error) && error.retryable)) this.#lose(error);
    }
    this.#beatLater(random.next() * (SESSION_MS / 8));
  }

  #hear(assigned: readonly TaskId[]): void {
    if (this.#isOver) return;
    for (const task of assigned) this.#held.set(nameOf(task), task);
    const isSame = this.#assigned !== null && assigned.map(nameOf).join() === this.#assigned.map(nameOf).join();
    if (isSame) return;
    this.#world.trace(this.#actor.name, `may run ${assigned.map(nameOf).join(' ') || 'nothing'}`);
    this.#assigned = assigned;
    this.#tell();
  }

  #lose(error: unknown): void {
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#assigned = [];
    this.#isOver = true;
    this.#tell();
  }

  #tell(): void {
    const { resolve } = this.#change;
    this.#change = Promise.withResolvers();
    resolve();
  }
}

function nameOf({ subtopology, partition }: TaskId): string {
  return `${subtopology}_${partition}`;
}
