import type { CommittedPosition, FetchedPartition, Position, TaskId, TopicPartition } from '../log/port.ts';
import type { FetchedRecord } from '../log/records/fetched-record.ts';
import type { Checkpoint } from '../state/store.ts';
import type { GraphNode } from '../topology/graph.ts';
import type { Span } from '../topology/task-scope.ts';
import type { Application } from './application.ts';
import type { Codecs } from './codecs.ts';
import type { ErrorPolicy } from './error-policy.ts';
import { RecordQueue } from './record-queue.ts';
import { type Enter, type Entrance, lettingNullsThrough, TaskInput } from './task-input.ts';

/** A partition time, as the state file or the group has it. */
export type KeptTime = TopicPartition & Pick<CommittedPosition, 'time'>;

export interface TaskInputsOptions {
  readonly id: TaskId;
  readonly application: Application;
  readonly codecs: Codecs;
  readonly errors: ErrorPolicy;
  /** The clock on the wall, ms since 1970. */
  readonly now: () => number;
  readonly countDrop: (node: GraphNode, reason: string) => void;
  /** The setting `maxTaskIdleMs`. */
  readonly maxIdleMs: number;
}

/** The input partitions of one task: where each enters the graph, which record comes next, how far all are. */
export class TaskInputs {
  readonly #options: TaskInputsOptions;
  readonly #sources: readonly GraphNode[];
  readonly #enters = new Map<number, Enter>();
  readonly #spans: { readonly sources: readonly GraphNode[]; readonly span: Span }[] = [];
  #inputs: readonly TaskInput[] = [];
  queues: readonly RecordQueue[] = [];
  /** When records of some inputs began to wait for those of others, by the clock on the wall. */
  #idleSince: number | undefined;
  /** The offsets of the last commit, to commit only what moved. */
  readonly #committed = new Map<string, number>();

  constructor(options: TaskInputsOptions) {
    const { application, id } = options;
    this.#options = options;
    this.#sources = application.sources(id.subtopology, id.partition);
  }

  /** Where the records of a source enter the graph. */
  connect(node: GraphNode, enter: Enter): void {
    this.#enters.set(node.id, enter);
  }

  /** See `TaskScope.around`. */
  around(sources: readonly GraphNode[], span: Span): void {
    this.#spans.push({ sources, span });
  }

  /** With the topics' real names. */
  get partitions(): TopicPartition[] {
    const { partition } = this.#options.id;
    const topics = this.#sources.flatMap((node) => this.#topicOf(node) ?? []);
    return [...new Set(topics)].map((topic) => ({ topic, partition }));
  }

  /** See `Task.start`. */
  start(positions: readonly Position[], ends: readonly Position[], committed: readonly Position[]): void {
    this.queues = positions.map(({ topic, partition, offset }) => {
      const end = ends.find((other) => other.topic === topic && other.partition === partition)?.offset ?? offset;
      return new RecordQueue({ topic, partition, position: offset, end });
    });
    this.#inputs = this.queues.map((queue) => this.#input(queue));
    for (const { topic, offset } of committed) this.#committed.set(topic, offset);
  }

  /** Takes up partition times, the largest of each. Returns the largest of all, -1 where there is none. */
  recall(kept: readonly KeptTime[]): number {
    for (const queue of this.queues) {
      for (const { topic, partition, time = -1 } of kept)
        if (topic === queue.topic && partition === queue.partition && time > queue.time) queue.time = time;
    }
    return this.queues.reduce((latest, { time }) => Math.max(latest, time), -1);
  }

  /** Queues what was fetched. Returns a promise where schemas must be looked up first. */
  push(fetched: FetchedPartition): Promise<void> | undefined {
    const input = this.#inputs.find(({ queue }) => queue.topic === fetched.topic);
    if (input === undefined) return undefined;
    const wait = input.prepare(fetched.records);
    if (wait === undefined) {
      input.queue.push(fetched);
      return undefined;
    }
    return wait.then(() => input.queue.push(fetched));
  }

  /** Looks up the schemas that such records of a topic need. */
  async learn(topic: string, records: readonly FetchedRecord[]): Promise<void> {
    for (const input of this.#inputs) if (input.queue.topic === topic) await input.prepare(records);
  }

  /**
   * The one whose head has the smallest timestamp. Undefined where there is none, and where it should wait for one that
   * may be older: of an empty input that is known to have more in the log or, for a time, of any empty one.
   */
  next(): TaskInput | undefined {
    const { maxIdleMs } = this.#options;
    const inputs = this.#inputs;
    let next: TaskInput | undefined;
    let isOneEmpty = false;
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i];
      if (input === undefined) continue;
      if (input.head() === undefined) {
        if (maxIdleMs >= 0 && input.queue.lagging) return undefined;
        isOneEmpty = true;
      } else if (next === undefined || input.headTime < next.headTime) next = input;
    }
    return next !== undefined && maxIdleMs > 0 && this.#isWorthWaiting(isOneEmpty) ? undefined : next;
  }

  /** When it goes on without the records that it waits for, ms since 1970; infinite where it waits for none. */
  get idleUntil(): number {
    return this.#idleSince === undefined ? Number.POSITIVE_INFINITY : this.#idleSince + this.#options.maxIdleMs;
  }

  /** Where all stand: what is done, and the partition time of that. */
  get positions(): Checkpoint[] {
    return this.queues.map(({ topic, partition, done, doneTime }) => ({
      topic,
      partition,
      offset: done,
      time: doneTime,
    }));
  }

  /** What is done more than at the last call. */
  seal(): Checkpoint[] {
    const moved = this.positions.filter(({ topic, offset }) => offset !== this.#committed.get(topic));
    for (const { topic, offset } of moved) this.#committed.set(topic, offset);
    return moved;
  }

  #isWorthWaiting(isOneEmpty: boolean): boolean {
    if (!isOneEmpty) {
      this.#idleSince = undefined;
      return false;
    }
    const now = this.#options.now();
    this.#idleSince ??= now;
    return now - this.#idleSince < this.#options.maxIdleMs;
  }

  #topicOf({ source }: GraphNode): string | undefined {
    return source && this.#options.application.topicOf(source);
  }

  #input(queue: RecordQueue): TaskInput {
    const { errors, now, countDrop } = this.#options;
    const nodes = this.#sources.filter((node) => this.#topicOf(node) === queue.topic);
    const [node] = nodes;
    const dropped = (reason: string): void => {
      if (node !== undefined) countDrop(node, reason);
    };
    const entrances = nodes.flatMap((each) => this.#entrance(each, queue.topic) ?? []);
    return new TaskInput({ queue, entrances, errors, now, dropped });
  }

  #entrance({ id, source, store }: GraphNode, topic: string): Entrance | undefined {
    const { codecs } = this.#options;
    const enter = this.#enters.get(id);
    if (source === undefined || enter === undefined) return undefined;
    const { key, value, internal, timestampExtractor } = source;
    const nulls = lettingNullsThrough({ key, value, internal, table: store !== undefined });
    const read = { key: codecs.get(topic, 'key', key), value: codecs.get(topic, 'value', value) };
    const begins = this.#spans.filter(({ sources }) => sources.at(0)?.id === id).map(({ span }) => span.begin);
    const ends = this.#spans.filter(({ sources }) => sources.at(-1)?.id === id).map(({ span }) => span.end);
    return { enter, ...read, timestampExtractor, ...nulls, begins, ends };
  }
}
