import { setImmediate as nextTurn } from 'node:timers/promises';
import { Application } from '../../src/runtime/application.ts';
import { Codecs } from '../../src/runtime/codecs.ts';
import { Collector } from '../../src/runtime/collector.ts';
import { CommitPath } from '../../src/runtime/commit-path.ts';
import { resolveSettings, type Settings } from '../../src/runtime/settings.ts';
import type { Task } from '../../src/runtime/task.ts';
import type { Registry } from '../../src/serde/registry/registry.ts';
import type { StateBackend } from '../../src/state/store.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { BenchProducer } from './bench-producer.ts';
import { openGlobals, openTask, type Parts } from './bench-task.ts';
import type { Fetch } from './input.ts';

export interface BenchTasksOptions {
  readonly topology: Topology;
  readonly settings: Settings;
  readonly registry: Registry;
  readonly backend: StateBackend;
  /** Rows of the global tables. */
  readonly globalRows: readonly Fetch[];
}

/** The tasks of a topology of one partition and their commit path, as a stream thread has them; without a log. */
export class BenchTasks {
  /** Records left out, by step and reason. */
  readonly dropped: ReadonlyMap<string, number>;
  readonly #tasks: readonly Task[];
  readonly #producer: BenchProducer;
  readonly #commits: CommitPath;

  private constructor(parts: Parts) {
    const { application, codecs, backend, dropped } = parts;
    this.dropped = dropped;
    this.#producer = new BenchProducer((topic) => application.isRepartition(topic));
    const collector = new Collector(application, codecs, this.#producer);
    this.#tasks = application.topology.subtopologies.map(({ index }) => openTask(index, collector, parts));
    this.#commits = new CommitPath({
      producer: this.#producer,
      backend,
      group: application.id,
      token: () => null,
      checkpointIntervalMs: 0,
      now: () => 0,
    });
  }

  static async open(options: BenchTasksOptions): Promise<BenchTasks> {
    const { topology, registry, backend } = options;
    const settings = resolveSettings(options.settings, topology.name);
    const application = Application.of(settings.applicationId, topology, new Map(), 1);
    const codecs = await Codecs.open(application, registry);
    const globals = await openGlobals(options.globalRows, { application, codecs, settings, backend });
    return new BenchTasks({ application, codecs, settings, backend, globals, dropped: new Map() });
  }

  /** Records written to topics that are no changelog. */
  get outputs(): number {
    return this.#producer.outputs;
  }

  async push(fetches: readonly Fetch[]): Promise<void> {
    for (const { topic, records } of fetches) {
      const end = (records.at(-1)?.offset ?? -1) + 1;
      const fetched = { topic, partition: 0, records, position: end, end, highWatermark: end };
      for (const task of this.#tasks) await task.push(fetched);
    }
  }

  /** Processes all that waits, in turns of the tasks as a stream thread gives them. */
  async process(): Promise<void> {
    for (;;) {
      let busy = false;
      for (const task of this.#tasks) {
        for (let n = 0; n < 64 && task.processNext(); n++) busy = true;
        if (task.settle()) busy = true;
      }
      if (busy) continue;
      if (!this.#tasks.some((task) => task.isWaiting)) return;
      await nextTurn();
    }
  }

  /** Commits, and takes up what went to internal topics. True where there was any. */
  async commit(): Promise<boolean> {
    await this.#commits.commit(this.#tasks);
    const returned = this.#producer.take();
    await this.push(returned);
    return returned.length > 0;
  }

  /** Brings the state file up to the last commit. */
  checkpoint(): void {
    this.#commits.checkpoint(this.#tasks, 'now');
  }

  close(): void {
    for (const task of this.#tasks) task.close();
  }
}
