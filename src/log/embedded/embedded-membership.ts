import { isMillraceError } from '../../errors.ts';
import type { JoinOptions, Membership, MemberToken, TaskId } from '../port.ts';
import type { Answer, Coordinator } from './coordinator.ts';
import type { Watch } from './watch.ts';

export interface Heartbeat {
  readonly coordinator: Coordinator;
  readonly watch: Watch;
  readonly intervalMs: number;
}

/** A place in a group of the embedded log: it beats from time to time, and whenever the group has changed. */
export class EmbeddedMembership implements Membership {
  readonly #group: string;
  readonly #heartbeat: Heartbeat;
  readonly token: MemberToken;
  #assigned: readonly TaskId[];
  #failure: Error | null = null;
  #version: number;
  /** Tasks that were given to this member and that it has not given up, by name. */
  readonly #held = new Map<string, TaskId>();
  /** Given up, and the group is not told yet. */
  #released: TaskId[] = [];
  #change = Promise.withResolvers<void>();
  #stopped = false;
  /** Resolves when nothing more is said to the group. Never rejects. */
  readonly ended: Promise<void>;

  constructor(options: JoinOptions, answer: Answer, heartbeat: Heartbeat) {
    this.#group = options.group;
    this.#heartbeat = heartbeat;
    this.token = answer.token;
    this.#assigned = answer.assigned;
    this.#version = answer.version;
    this.#hold(answer.assigned);
    this.ended = this.#run();
  }

  get assigned(): readonly TaskId[] {
    return this.#assigned;
  }

  get failure(): Error | null {
    return this.#failure;
  }

  changed(): Promise<void> {
    return this.#change.promise;
  }

  /** Only what was taken away and is not listed is given up: a task that is assigned and not begun yet stays. */
  report(running: readonly TaskId[]): void {
    const kept = new Set([...running, ...this.#assigned].map(nameOf));
    for (const [name, task] of this.#held) {
      if (kept.has(name)) continue;
      this.#held.delete(name);
      this.#released.push(task);
    }
    if (this.#released.length > 0) this.#heartbeat.watch.notify();
  }

  async leave(options: { keep?: boolean } = {}): Promise<void> {
    await this.stop();
    if (options.keep !== true && this.#failure === null) {
      await this.#heartbeat.coordinator.leave(this.#group, this.token);
    }
    this.#change.resolve();
  }

  /** Says nothing more; after the session's time the tasks go to others. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#heartbeat.watch.notify();
    await this.ended;
  }

  async #run(): Promise<void> {
    const { watch, intervalMs, coordinator } = this.#heartbeat;
    let due = performance.now() + intervalMs;
    for (let seen = watch.stamp(); !this.#stopped; seen = watch.stamp()) {
      try {
        const changed = coordinator.version(this.#group) !== this.#version;
        if (changed || this.#released.length > 0 || performance.now() >= due) {
          await this.#beat();
          due = performance.now() + intervalMs;
        }
      } catch (error) {
        this.#lose(error);
      }
      if (!this.#stopped) await watch.wait(seen, due - performance.now());
    }
  }

  async #beat(): Promise<void> {
    const released = this.#released;
    this.#released = [];
    try {
      const answer = await this.#heartbeat.coordinator.beat(this.#group, this.token, released);
      this.#hear(answer);
    } catch (error) {
      this.#released.push(...released);
      throw error;
    }
  }

  #hear({ assigned, version }: Answer): void {
    this.#version = version;
    this.#hold(assigned);
    if (assigned.map(nameOf).join() === this.#assigned.map(nameOf).join()) return;
    this.#assigned = assigned;
    this.#tell();
  }

  #hold(tasks: readonly TaskId[]): void {
    for (const task of tasks) this.#held.set(nameOf(task), task);
  }

  #lose(error: unknown): void {
    if (isMillraceError(error) && error.retryable) return;
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#assigned = [];
    this.#stopped = true;
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
