import type { MemberToken, Position, Producer } from '../log/port.ts';
import type { Checkpoint, StateBackend } from '../state/store.ts';
import type { Task, TaskSeal } from './task.ts';
import { changelogPosition } from './task-stores.ts';

export interface CommitPathOptions {
  readonly producer: Producer;
  readonly backend: StateBackend;
  readonly group: string;
  /** The fencing token of now; null where there is no group (the test driver). */
  readonly token: () => MemberToken | null;
  readonly checkpointIntervalMs: number;
  readonly now: () => number;
}

/** How many times as long as a checkpoint takes the pause after it is, at least. */
const PAUSE_SHARE = 4;

/**
 * The one commit path. In this order, so that a crash at any point loses nothing and doubles nothing:
 *
 * 1. nodes that emit once per commit do so, stores seal their generation and send it to the changelogs;
 * 2. the producer writes what is left, adds the offsets with the partition times, and ends the transaction: from here on the commit counts;
 * 3. the sealed rows are confirmed, and go to the state file with the positions up to which they stand for the
 *    changelogs, at once or, under load, with a later commit. A crash before that leaves the file behind the log, whole,
 *    and restoring reads the rest.
 *
 * Records processed while 2 is under way belong to the next commit: their rows to the next generation, their outputs to
 * the next transaction.
 */
export class CommitPath {
  readonly #options: CommitPathOptions;
  /** Confirmed by the log, not yet in the state file. */
  readonly #unwritten = new Map<string, Checkpoint>();
  #lastCheckpoint: number;
  /** From one checkpoint to the next. */
  #pauseMs: number;
  readonly #inputs = new Map<string, Position>();

  constructor(options: CommitPathOptions) {
    this.#options = options;
    this.#lastCheckpoint = options.now();
    this.#pauseMs = options.checkpointIntervalMs;
  }

  /** The newest committed positions of those inputs that `wanted` picks. */
  committedOf(wanted: (topic: string) => boolean): Position[] {
    return [...this.#inputs.values()].filter(({ topic }) => wanted(topic));
  }

  /** True where the state file lacks something that the log has. */
  get behind(): boolean {
    return this.#unwritten.size > 0;
  }

  /** Commits the work of the tasks up to now. Resolves to false where there was nothing to commit. */
  async commit(tasks: readonly Task[]): Promise<boolean> {
    const { producer, group, token } = this.#options;
    const seals = this.seal(tasks);
    const moved = seals.flatMap((seal) => seal.inputs);
    const isEmpty = moved.length === 0 && producer.isEmpty;
    // Outputs of a punctuator move no input. Offsets go along all the same: they are what fences a member that is out.
    const positions = moved.length > 0 ? moved : tasks.flatMap((task) => task.positions);
    this.confirm(seals, isEmpty ? [] : await producer.commit({ group, member: token(), positions }));
    return !isEmpty;
  }

  /** Step 1. */
  seal(tasks: readonly Task[]): TaskSeal[] {
    return tasks.map((task) => task.seal());
  }

  /**
   * Brings the state file up to what the log has, if it is time, or `now`. Everything in one SQLite transaction. The more
   * rows at once, the less each costs: so where writing takes much of the time, it is done less often.
   */
  checkpoint(tasks: readonly Task[], when: 'due' | 'now'): void {
    const { backend, checkpointIntervalMs, now } = this.#options;
    const began = now();
    if (!this.behind || (when === 'due' && began - this.#lastCheckpoint < this.#pauseMs)) return;
    backend.commit(() => {
      for (const task of tasks) task.stores.write();
    }, [...this.#unwritten.values()]);
    for (const task of tasks) task.stores.written();
    this.#unwritten.clear();
    this.#lastCheckpoint = now();
    if (checkpointIntervalMs > 0)
      this.#pauseMs = Math.max(checkpointIntervalMs, PAUSE_SHARE * (this.#lastCheckpoint - began));
  }

  /** Forgets what was confirmed and not written: the tasks it belongs to are dropped. */
  reset(): void {
    this.#unwritten.clear();
    this.#inputs.clear();
  }

  /** Step 3. `ends` are the offsets after what the transaction wrote. */
  confirm(seals: readonly TaskSeal[], ends: readonly Position[]): void {
    for (const { task, stores, inputs } of seals) {
      task.stores.confirm(stores);
      for (const input of inputs) {
        this.#note(input);
        this.#inputs.set(`${input.topic}-${input.partition}`, input);
      }
      for (const { store, time } of stores) {
        const { partition } = store;
        const { topic, key } = changelogPosition(store);
        // A table's source counts when the task has read it, a changelog when it is written.
        const reached = (store.changelog === undefined ? inputs : ends).find(
          (at) => at.topic === topic && at.partition === partition,
        );
        if (reached === undefined) continue;
        this.#note({ topic: key, partition, offset: reached.offset, time: -1 });
        if (time !== undefined) store.trim?.written(time, reached.offset);
      }
    }
  }

  #note(checkpoint: Checkpoint): void {
    this.#unwritten.set(`${checkpoint.topic}-${checkpoint.partition}`, checkpoint);
  }
}
