import type { Application } from '../../runtime/application.ts';
import type { Codecs } from '../../runtime/codecs.ts';
import type { ResolvedSettings } from '../../runtime/settings.ts';
import { Actor } from './actor.ts';
import type { World } from './client.ts';
import { difference } from './compare.ts';
import { type FaultKind, Faults } from './faults.ts';
import { Feed } from './feed.ts';
import type { EncodedInput } from './inputs.ts';
import { type Fact, type Outcome, outputFacts, storeFacts } from './outcome.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { type LogKind, SimulatedLog } from './simulated-log.ts';
import { SimulatedState, type StatePlace } from './simulated-state.ts';
import { SimulatedWorker } from './simulated-worker.ts';
import { Wire } from './wire.ts';

/** What all runs of one simulation share. */
export interface Scene {
  readonly application: Application;
  readonly codecs: Codecs;
  readonly settings: ResolvedSettings;
  readonly inputs: readonly EncodedInput[];
  /** All topics that are there from the beginning. */
  readonly topics: ReadonlyMap<string, number>;
  /** Those that the topology writes and that are no part of it. */
  readonly outputs: ReadonlyMap<string, Parameters<typeof outputFacts>[1]>;
  readonly startTime: number;
}

export interface RunOptions {
  readonly seed: number;
  readonly kind: LogKind;
  readonly workers: number;
  readonly faults: readonly FaultKind[];
  readonly mostFaults: number;
  readonly steps: number;
  /** Of the longest answers, ms; 0: all is quick, whole and in order. */
  readonly slowness: number;
  readonly spreadMs: number;
  readonly place: () => StatePlace;
  /** Where what happens is told; nowhere if not given. */
  readonly trace?: string[];
}

export interface RunReport extends Outcome {
  readonly steps: number;
  /** What went wrong: the kind, and at which step. */
  readonly faults: readonly string[];
}

/** How often it is asked whether all is done, ms. */
const LOOK_MS = 20;

/** One run: workers on a simulated log, from the first record to the last commit. */
export class SimulationRun {
  readonly #scene: Scene;
  readonly #options: RunOptions;
  readonly #random: Random;
  readonly #scheduler: Scheduler;
  readonly #log: SimulatedLog;
  readonly #world: World;
  readonly #feed: Feed;
  readonly #settings: ResolvedSettings;
  readonly #workers: SimulatedWorker[] = [];
  /** Starts workers; it never dies. */
  readonly #supervisor = new Actor('supervisor');
  readonly #lookMs: number;
  #failure: { readonly error: unknown } | undefined;
  #quietLooks = 0;
  #isStopping = false;

  constructor(scene: Scene, options: RunOptions) {
    this.#scene = scene;
    this.#options = options;
    const random = new Random(options.seed);
    this.#random = random;
    const scheduler = new Scheduler(scene.startTime);
    this.#scheduler = scheduler;
    const { slowness, kind } = options;
    const isCalm = slowness === 0;
    const after = (ms: number, run: () => void): void => scheduler.after(ms, undefined, run);
    const faults = this.#faults(random.fork(), after);
    const wire = new Wire({ scheduler, random: random.fork(), faults, slowness, trace: this.#trace });
    const soon = (run: () => void): void => after(wire.delay(), run);
    this.#log = new SimulatedLog({ kind, now: () => scheduler.now, soon, after });
    this.#world = {
      log: this.#log,
      wire,
      scheduler,
      faults,
      random: random.fork(),
      fetchedRecords: isCalm ? 10_000 : random.pick([2, 5, 20, 100]),
      earlySends: isCalm ? 0 : random.pick([0, 0.02, 0.3]),
      trace: this.#trace,
    };
    this.#settings = isCalm ? scene.settings : restless(scene.settings, random);
    this.#lookMs = isCalm ? 0.01 : random.pick([0, 0.1, 3, 9]);
    this.#feed = new Feed({
      inputs: scene.inputs,
      to: (input) => this.#log.partition(input),
      random: random.fork(),
      after,
      spreadMs: options.spreadMs,
      transactions: kind === 'kafka',
    });
  }

  /** Throws what a worker could not overcome, and what is not as it must be whatever the topology. */
  async play(): Promise<RunReport> {
    try {
      this.#begin();
      await this.#until(() => this.#quietLooks >= 2, 'all is processed');
      const tasks = this.#workers.flatMap((worker) => worker.tasks);
      const stores = storeFacts(tasks);
      const outputs = this.#outputs();
      this.#isStopping = true;
      for (const worker of this.#workers) worker.stop();
      await this.#until(() => this.#workers.every((worker) => !worker.isAlive), 'all workers have stopped');
      await this.#comeBack(stores);
      return { stores, outputs, steps: this.#scheduler.steps, faults: this.#world.faults.happened };
    } finally {
      for (const worker of this.#workers) worker.kill();
      for (const { state } of this.#workers) state.dispose();
    }
  }

  readonly #trace = (who: string, what: string): void => {
    const { trace } = this.#options;
    trace?.push(`${(this.#scheduler.now - this.#scene.startTime).toFixed(1).padStart(8)} ms  ${who}: ${what}`);
  };

  #begin(): void {
    for (const [name, partitions] of this.#scene.topics) this.#log.create({ name, partitions });
    this.#feed.start();
    for (let n = 1; n <= this.#options.workers; n++) {
      const worker = this.#worker(`worker ${n}`, this.#options.place());
      this.#scheduler.after(n === 1 ? 0 : this.#random.next() * 60, this.#supervisor, () => worker.start());
    }
    this.#look();
    this.#compactLater();
  }

  #worker(name: string, place: StatePlace): SimulatedWorker {
    const { application, codecs } = this.#scene;
    const worker = new SimulatedWorker({
      name,
      world: this.#world,
      application,
      codecs,
      settings: this.#settings,
      state: new SimulatedState(name, place),
      lookMs: this.#lookMs,
      ended: (ended) => this.#restart(ended),
      failed: (error) => {
        this.#failure = { error };
      },
    });
    this.#workers.push(worker);
    return worker;
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    const { steps } = this.#options;
    const isDone = await this.#scheduler.run(() => this.#failure !== undefined || done(), steps);
    if (this.#failure !== undefined) throw this.#failure.error;
    if (isDone) return;
    const left = this.#log.unfinished(this.#inputTopics).join(', ');
    throw new Error(`It did not come to where ${what} within ${steps} steps. ${left}`);
  }

  /** The state that was left must be all that a new life needs; and so must the changelogs. */
  async #comeBack(stores: ReadonlyMap<string, readonly Fact[]>): Promise<void> {
    const old = this.#random.any(this.#workers);
    const worker =
      this.#random.chance(0.5) && old !== undefined ? old : this.#worker('new worker', this.#options.place());
    this.#isStopping = false;
    this.#trace(worker.name, 'comes back alone');
    this.#scheduler.after(0, this.#supervisor, () => worker.start());
    await this.#until(() => worker.isIdle && worker.tasks.length === this.#taskCount, 'the last worker runs');
    const found = { outputs: new Map(), stores: storeFacts(worker.tasks) };
    const difference_ = difference(found, { outputs: new Map(), stores }, () => 'stream');
    if (difference_ === undefined) return;
    throw new Error(`After a restart of ${worker.name} the stores are not what they were:\n${difference_}`);
  }

  // --- what goes wrong

  #faults(random: Random, after: (ms: number, run: () => void) => void): Faults {
    const { faults, mostFaults } = this.#options;
    return new Faults({
      random,
      kinds: faults,
      most: mostFaults,
      effects: {
        after,
        kill: (actor) => this.#kill(actor),
        stall: (actor, ms) => {
          actor.stalledUntil = this.#scheduler.now + ms;
        },
        leave: () => {
          const worker = random.any(this.#workers.filter(({ isAlive }) => isAlive));
          this.#trace(worker?.name ?? 'nobody', 'is asked to stop');
          worker?.stop();
        },
        move: () =>
          this.#trace(
            'group',
            this.#log.group.move((choices) => random.any(choices)),
          ),
        trace: this.#trace,
      },
    });
  }

  #kill(actor: Actor): void {
    const worker = this.#workers.find((each) => each.has(actor));
    worker?.kill();
    if (worker !== undefined) this.#restart(worker);
  }

  #restart(worker: SimulatedWorker): void {
    if (this.#isStopping) return;
    const { faults } = this.#options;
    this.#scheduler.after(this.#random.next() ** 2 * 1500, this.#supervisor, () => {
      const kind = this.#random.next();
      if (faults.includes('lost-state') && kind < 0.15) {
        this.#trace(worker.name, 'has lost its state file');
        worker.state.lose();
      } else if (faults.includes('stale-state') && kind > 0.85) {
        const lacking = worker.state.goBack(this.#random);
        this.#trace(worker.name, `has an older state file, which lacks the last ${lacking} commits`);
      }
      this.#trace(worker.name, 'comes back');
      worker.start();
    });
  }

  #compactLater(): void {
    if (this.#options.slowness === 0) return;
    this.#scheduler.after(this.#random.next() * 200, undefined, () => {
      this.#log.compact();
      this.#compactLater();
    });
  }

  // --- what is done

  get #taskCount(): number {
    return this.#scene.application.subtopologies.reduce((sum, { tasks }) => sum + tasks, 0);
  }

  get #inputTopics(): string[] {
    return this.#scene.application.subtopologies.flatMap(({ sources, repartitionSources }) => [
      ...sources,
      ...repartitionSources.map(({ name }) => name),
    ]);
  }

  /** Looks, now and then, whether all is committed and everybody waits; twice, as one commit may lead to another. */
  #look(): void {
    const isProcessed =
      this.#feed.isDone && this.#log.transactions.isSettled && this.#log.unfinished(this.#inputTopics).length === 0;
    if (isProcessed) this.#world.faults.end();
    const running = this.#workers.reduce((sum, { tasks }) => sum + tasks.length, 0);
    const isQuiet =
      isProcessed &&
      running === this.#taskCount &&
      this.#workers.every((worker) => worker.isIdle && this.#isCurrent(worker));
    this.#quietLooks = isQuiet ? this.#quietLooks + 1 : 0;
    this.#scheduler.after(LOOK_MS, undefined, () => this.#look());
  }

  /** A worker that stood still may not know yet that its tasks are elsewhere. */
  #isCurrent({ memberId, tasks }: SimulatedWorker): boolean {
    return memberId !== undefined && tasks.every(({ id }) => this.#log.group.owns(memberId, id));
  }

  #outputs(): Map<string, Fact[]> {
    return new Map(
      [...this.#scene.outputs].map(([topic, codecs]) => [topic, outputFacts(this.#log.partitions(topic), codecs)]),
    );
  }
}

/** Small caches, short intervals, short queues: what is rare with the usual settings happens often. */
function restless(settings: ResolvedSettings, random: Random): ResolvedSettings {
  return {
    ...settings,
    commitIntervalMs: random.pick([3, 10, 40]),
    checkpointIntervalMs: random.pick([0, 30, 1000]),
    bufferedRecordsPerPartition: random.pick([3, 50, 2000]),
    storeCacheEntries: random.pick([0, 3, 100_000]),
    repartitionPurgeIntervalMs: random.pick([5, 20, 100]),
  };
}
