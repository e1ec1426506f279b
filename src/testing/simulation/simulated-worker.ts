import { isMillraceError } from '../../errors.ts';
import type { Application } from '../../runtime/application.ts';
import type { Codecs } from '../../runtime/codecs.ts';
import { ErrorPolicy } from '../../runtime/error-policy.ts';
import { GlobalLetters } from '../../runtime/global-letters.ts';
import { GlobalTables } from '../../runtime/global-tables.ts';
import { WorkerMetrics } from '../../runtime/metrics.ts';
import type { ResolvedSettings } from '../../runtime/settings.ts';
import { withStoresInMemory } from '../../runtime/split-backend.ts';
import { StreamThread } from '../../runtime/stream-thread.ts';
import type { Task } from '../../runtime/task.ts';
import type { Timing } from '../../runtime/timing.ts';
import type { StateBackend } from '../../state/store.ts';
import { Actor } from './actor.ts';
import { Client, type World } from './client.ts';
import type { SimulatedState } from './simulated-state.ts';

/** Often, for a life of a second or so. */
const PURGE_MS = 20;

export interface SimulatedWorkerOptions {
  readonly name: string;
  readonly world: World;
  readonly application: Application;
  readonly codecs: Codecs;
  readonly settings: ResolvedSettings;
  readonly state: SimulatedState;
  /** How long a look at the clock takes, ms: with long ones a slice of processing is short. */
  readonly lookMs: number;
  /** A life has ended by itself: in good order, or by an error that a new life may overcome. */
  readonly ended: (worker: SimulatedWorker) => void;
  readonly failed: (error: unknown) => void;
}

/** A worker with the stream thread of the real one, which can be killed at any moment and started again. */
export class SimulatedWorker {
  readonly name: string;
  readonly state: SimulatedState;
  readonly #options: SimulatedWorkerOptions;
  #lives = 0;
  #actor: Actor | undefined;
  #memberId: string | undefined;
  #thread: StreamThread | undefined;

  constructor(options: SimulatedWorkerOptions) {
    this.name = options.name;
    this.state = options.state;
    this.#options = options;
  }

  get isAlive(): boolean {
    return this.#actor !== undefined;
  }

  /** Under which it is in the group. */
  get memberId(): string | undefined {
    return this.#memberId;
  }

  get isIdle(): boolean {
    return this.#thread?.isIdle ?? false;
  }

  get tasks(): readonly Task[] {
    return this.#thread?.tasks ?? [];
  }

  has(actor: Actor): boolean {
    return this.#actor === actor;
  }

  start(): void {
    const actor = new Actor(`${this.name}.${++this.#lives}`);
    this.#actor = actor;
    const { world, ended, failed } = this.#options;
    void this.#live(actor)
      .then(() => 'stops')
      .catch((error: unknown) => {
        if (!actor.isDead && !isCurable(error)) failed(error);
        return `gives up: ${error instanceof Error ? error.message : String(error)}`;
      })
      .then((how) => {
        if (actor.isDead) return;
        world.trace(actor.name, how);
        this.kill();
        ended(this);
      });
  }

  /** Nothing of what it has begun has any effect from now on, but for what is on its way. */
  kill(): void {
    if (this.#actor !== undefined) this.#actor.isDead = true;
    this.#actor = undefined;
    this.#thread = undefined;
  }

  /** Asks it to stop in good order. */
  stop(): void {
    this.#thread?.stop();
  }

  async #live(actor: Actor): Promise<void> {
    const { world, application, codecs, settings, state } = this.#options;
    const client = new Client(world, actor);
    const backend = withStoresInMemory(state.open(actor, world.faults), application);
    const metrics = new WorkerMetrics(application.id);
    const globals = await this.#openGlobals(client, backend, metrics);
    const { memberId } = backend.identity;
    this.#memberId = memberId;
    const join = () =>
      client.join({ group: application.id, memberId, processId: this.name, subtopologies: application.subtopologies });
    const timing = this.#timing(actor);
    const parts = { application, codecs, settings, backend, globals, metrics, timing };
    const thread = await StreamThread.open({ ...parts, log: client, join, purgeIntervalMs: PURGE_MS });
    if (actor.isDead) return;
    this.#thread = thread;
    globals.run();
    try {
      await thread.run();
    } finally {
      await globals.close();
    }
  }

  #openGlobals(client: Client, backend: StateBackend, metrics: WorkerMetrics): Promise<GlobalTables> {
    const { application, codecs, settings } = this.#options;
    const letters = new GlobalLetters(client, settings.deadLetterTopic);
    const errors = new ErrorPolicy({
      settings,
      deadLetter: (record) => letters.add(record),
      count: (stage, outcome, topic) => metrics.rejected(stage, outcome, topic),
    });
    return GlobalTables.open({
      application,
      codecs,
      backend,
      log: client,
      cacheEntries: settings.storeCacheEntries,
      errors,
      send: () => letters.send(),
      countDrop: (table, reason) => metrics.dropped(table, reason),
    });
  }

  #timing(actor: Actor): Timing {
    const { world, lookMs } = this.#options;
    const { scheduler, faults, wire } = world;
    return {
      now: () => Math.floor(scheduler.now),
      monotonic: () => {
        actor.cpuMs += lookMs;
        return scheduler.now + actor.cpuMs;
      },
      sleep: (ms) => scheduler.pause(ms, actor),
      turn: () => {
        faults.reach(actor, 'turn');
        return scheduler.pause(wire.delay(), actor);
      },
      timers: {
        after: (ms, callback) => {
          let isCancelled = false;
          scheduler.after(ms, actor, () => {
            if (!isCancelled) callback();
          });
          return () => {
            isCancelled = true;
          };
        },
        pause: (ms, signal) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve());
            scheduler.after(ms, actor, resolve);
          }),
      },
    };
  }
}

/** What a supervisor would start the worker again for. */
function isCurable(error: unknown): boolean {
  return isMillraceError(error) && (error.retryable || error.code === 'FENCED');
}
