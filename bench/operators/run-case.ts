import { topology } from '../../src/index.ts';
import { MemoryRegistry } from '../../src/serde/registry/memory-registry.ts';
import { BenchTasks } from './bench-tasks.ts';
import { type Fetch, Input } from './input.ts';
import { GLOBAL_TOPIC } from './input-topics.ts';
import { openState, type StateKind } from './open-state.ts';
import type { OperatorCase } from './operator-case.ts';
import { addSpent, NOTHING, now, type Spent, since } from './spent.ts';

/** `records` a round, with a commit each `commitEvery` records. */
export interface Size {
  readonly records: number;
  readonly commitEvery: number;
}

/** What the parts of a round took. */
export interface Round {
  readonly process: Spent;
  readonly commit: Spent;
  readonly file: Spent;
}

/** One case, running: its tasks and what they are fed. */
export class RunningCase {
  readonly #tasks: BenchTasks;
  readonly #input: Input;
  readonly #size: Size;
  readonly #close: () => void;
  readonly #seen: () => number;

  private constructor(parts: { tasks: BenchTasks; input: Input; size: Size; close: () => void; seen: () => number }) {
    this.#tasks = parts.tasks;
    this.#input = parts.input;
    this.#size = parts.size;
    this.#close = parts.close;
    this.#seen = parts.seen;
  }

  static async open(of: OperatorCase, size: Size, state: StateKind): Promise<RunningCase> {
    let seen = 0;
    const { optimization, settings = {}, build } = of;
    const plan = topology('bench', (flow) => build(flow, () => void seen++), optimization && { optimization });
    const registry = new MemoryRegistry();
    const input = await Input.open(of, registry);
    const { backend, close } = openState(state);
    const globalRows = [input.rowsOf('products', GLOBAL_TOPIC)];
    const tasks = await BenchTasks.open({ topology: plan, settings, registry, backend, globalRows });
    return new RunningCase({ tasks, input, size, close, seen: () => seen });
  }

  /** Records written to topics, and those that ended in the topology. */
  get outputs(): number {
    return this.#tasks.outputs + this.#seen();
  }

  get dropped(): ReadonlyMap<string, number> {
    return this.#tasks.dropped;
  }

  /** The rows of the tables that are joined with; then a round. */
  async load(): Promise<Round> {
    await this.#tasks.push(this.#input.rows());
    return this.round();
  }

  /** Makes the input of a round, for `round` to take. */
  prepare(): Fetch[][] {
    const { records, commitEvery } = this.#size;
    const commits = Math.ceil(records / commitEvery);
    return Array.from({ length: commits }, (_, n) =>
      this.#input.next(Math.min(commitEvery, records - n * commitEvery)),
    );
  }

  async round(input = this.prepare()): Promise<Round> {
    let process = NOTHING;
    let commit = NOTHING;
    for (let n = 0, more = true; more; n++) {
      await this.#tasks.push(input[n] ?? []);
      const began = now();
      await this.#tasks.process();
      process = addSpent(process, since(began));
      const ended = now();
      const returned = await this.#tasks.commit();
      commit = addSpent(commit, since(ended));
      // What went through an internal topic belongs to this round, too.
      more = returned || n + 1 < input.length;
    }
    const began = now();
    this.#tasks.checkpoint();
    return { process, commit, file: since(began) };
  }

  close(): void {
    this.#tasks.close();
    this.#close();
  }
}
