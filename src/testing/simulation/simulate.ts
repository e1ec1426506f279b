import { failure } from '../../errors.ts';
import { Application } from '../../runtime/application.ts';
import { Codecs } from '../../runtime/codecs.ts';
import { resolveSettings, type Settings } from '../../runtime/settings.ts';
import { MemoryRegistry } from '../../serde/registry/memory-registry.ts';
import type { Registry } from '../../serde/registry/registry.ts';
import type { Topology } from '../../topology/topology.ts';
import { type Comparison, difference } from './compare.ts';
import { FAULT_KINDS, type FaultKind } from './faults.ts';
import { encodeInput, type SimulatedInput } from './inputs.ts';
import { comparisonOf, outputsOf, topicsOf } from './plan.ts';
import { Random } from './random.ts';
import type { LogKind } from './simulated-log.ts';
import { type RunOptions, type RunReport, type Scene, SimulationRun } from './simulation-run.ts';
import { FilePlace, MemoryPlace } from './state-places.ts';

/**
 * What a simulation is made of.
 *
 * @see `simulate`
 */
export interface SimulationOptions {
  readonly inputs: readonly SimulatedInput[];
  /** Partitions of each topic, or by topic. Default 2. */
  readonly partitions?: number | Readonly<Record<string, number>>;
  /** Default 3. */
  readonly workers?: number;
  /** Which faults there are, by default all; and how many of them in one run, at most. Default 6. */
  readonly faults?: { readonly kinds?: readonly FaultKind[]; readonly most?: number };
  /** Events until a run counts as one that never ends. Default 400 000. */
  readonly steps?: number;
  /** `emit`, `compat` and what becomes of bad input count; intervals, caches and folders are the simulation's. */
  readonly settings?: Settings;
  /** Which log is imitated; the seed decides, if not given. */
  readonly log?: LogKind;
  /**
   * `before`: all input is there when the first worker starts, so that a task reads its inputs in the order of their
   * timestamps. `during`: it comes while the workers run, and inputs meet in any order; a topology whose results depend on
   * that order differs from itself then. The seed decides, if not given.
   */
  readonly arrival?: 'before' | 'during';
  /**
   * How a topic or store is compared, by its name; see `Comparison`. If not given: stores, and topics behind state, as
   * tables; topics of a stateless topology as streams.
   */
  readonly compare?: Readonly<Record<string, Comparison>>;
  /** Real state files instead of memory: slower. */
  readonly files?: boolean;
  readonly registry?: Registry;
}

/**
 * What a run was like in which nothing went wrong in the end.
 *
 * @see `simulate`
 */
export interface SimulationReport {
  readonly seed: number;
  readonly log: LogKind;
  readonly arrival: 'before' | 'during';
  /** What went wrong: the kind of fault, and the step that it came at. */
  readonly faults: readonly string[];
  /** Events that were simulated. */
  readonly steps: number;
}

/**
 * Runs a topology with several workers on a simulated log, while they are killed and restarted at any step of their work,
 * stand still, lose answers, tasks and state files; and checks that outputs and stores are what they are without any of
 * that. Everything is as the seed says: time is virtual and there is one thread, so a seed that fails, fails again.
 *
 * The workers have the stream thread, tasks, commit path and stores of real ones. What it cannot foresee is what the
 * topology itself takes from outside: its functions must not read clocks or throw dice.
 *
 * @throws SIMULATION_FAILED, with the difference, and what happened before it.
 *
 * @example
 * const records = ['ann', 'bob', 'ann'].map((key, i) => ({ key, value: i, timestamp: i }));
 * const clicks = simulatedInput({ topic: 'clicks', key: string(), value: integer(), records });
 * const counts = topology('counts', (flow) => {
 *   flow.stream('clicks', { key: string(), value: integer() }).pipe(groupByKey(), count('counts'), to('out'));
 * });
 * const report = await simulate(counts, { seed: 7, inputs: [clicks] });
 * report.seed; // → 7
 */
export async function simulate(
  topology: Topology,
  { seed, ...options }: SimulationOptions & { readonly seed: number },
): Promise<SimulationReport> {
  return (await Simulation.of(topology, options)).run(seed);
}

/**
 * A topology and its inputs, for many seeds: what is the same for all of them is done once.
 *
 * @example
 * const records = ['ann', 'bob', 'ann'].map((key, i) => ({ key, value: i, timestamp: i }));
 * const clicks = simulatedInput({ topic: 'clicks', key: string(), value: integer(), records });
 * const counts = topology('counts', (flow) => {
 *   flow.stream('clicks', { key: string(), value: integer() }).pipe(groupByKey(), count('counts'), to('out'));
 * });
 * const simulation = await Simulation.of(counts, { inputs: [clicks] });
 * for (let seed = 0; seed < 3; seed++) await simulation.run(seed);
 */
export class Simulation {
  readonly #topology: Topology;
  readonly #options: SimulationOptions;
  readonly #scene: Scene;
  /** Without faults, by arrival. */
  #expected: Promise<RunReport> | undefined;

  private constructor(topology: Topology, options: SimulationOptions, scene: Scene) {
    this.#topology = topology;
    this.#options = options;
    this.#scene = scene;
  }

  /** Reads the inputs. Throws SETTING_INVALID, VALUE_INVALID. */
  static async of(unresolved: Topology, options: SimulationOptions): Promise<Simulation> {
    const { inputs, registry = new MemoryRegistry() } = options;
    const topology =
      unresolved.patterns.length === 0 ? unresolved : unresolved.resolve(inputs.map(({ topic }) => topic));
    const settings = resolveSettings({ ...options.settings, transactionTimeoutMs: 1000 }, topology.name);
    const topics = topicsOf(topology, options, settings.deadLetterTopic);
    const application = Application.of(settings.applicationId, topology, topics);
    const codecs = await Codecs.open(application, registry);
    const encoded = await Promise.all(
      inputs.map((input) => encodeInput(input, { registry, partitions: topics.get(input.topic) ?? 1 })),
    );
    const times = inputs.flatMap(({ records }) => records.map(({ timestamp }) => timestamp));
    const scene: Scene = {
      application,
      codecs,
      settings,
      topics,
      inputs: encoded.flat(),
      outputs: outputsOf(application, codecs),
      // Every record lies in the past, as in life.
      startTime: times.reduce((latest, time) => Math.max(latest, time), 0) + 1,
    };
    return new Simulation(topology, options, scene);
  }

  /** One run. Throws SIMULATION_FAILED. */
  async run(seed: number): Promise<SimulationReport> {
    const expected = await this.#reference();
    const plan = this.#plan(seed);
    const problem = await this.#attempt(plan, expected);
    if (typeof problem !== 'string') {
      const { steps, faults } = problem;
      return { seed, log: plan.kind, arrival: plan.spreadMs === 0 ? 'before' : 'during', steps, faults };
    }
    const trace: string[] = [];
    const again = await this.#attempt({ ...plan, trace }, expected);
    throw failure('SIMULATION_FAILED', {
      topology: this.#topology.name,
      seed,
      problem,
      log: plan.kind,
      replays: again === problem,
      trace: trace.slice(-60).join('\n'),
    });
  }

  /** The same inputs, one worker, nothing goes wrong. */
  #reference(): Promise<RunReport> {
    const { steps = 400_000 } = this.#options;
    const calm = { faults: [], mostFaults: 0, slowness: 0, spreadMs: 0, workers: 1 } as const;
    const place = (): MemoryPlace => new MemoryPlace();
    this.#expected ??= new SimulationRun(this.#scene, { seed: 0, kind: 'embedded', steps, place, ...calm }).play();
    return this.#expected;
  }

  #plan(seed: number): RunOptions {
    const { workers = 3, faults = {}, steps = 400_000, files = false, log, arrival } = this.#options;
    const { applicationId } = this.#scene.settings;
    const random = new Random(seed).fork();
    const isBefore = arrival === undefined ? random.chance(0.5) : arrival === 'before';
    return {
      seed,
      kind: log ?? random.pick(['kafka', 'embedded']),
      workers,
      faults: faults.kinds ?? FAULT_KINDS,
      mostFaults: faults.most ?? 6,
      steps,
      slowness: random.pick([2, 10, 50]),
      spreadMs: isBefore ? 0 : random.pick([50, 300, 1000]),
      place: () => (files ? new FilePlace(applicationId) : new MemoryPlace()),
    };
  }

  /** The report of a run, or what is wrong with it. */
  async #attempt(plan: RunOptions, expected: RunReport): Promise<RunReport | string> {
    try {
      const report = await new SimulationRun(this.#scene, plan).play();
      const how = (kind: 'topic' | 'store', name: string): Comparison => this.#comparison(kind, name);
      return difference(report, expected, how) ?? report;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #comparison(kind: 'topic' | 'store', name: string): Comparison {
    const given = this.#options.compare?.[name];
    if (given !== undefined) return given;
    return kind === 'store' ? 'table' : comparisonOf(this.#scene.application, name);
  }
}
