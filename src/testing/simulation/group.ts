import { failure } from '../../errors.ts';
import { assignTasks } from '../../log/embedded/assign-tasks.ts';
import type {
  CommittedPosition,
  GroupOffsets,
  JoinOptions,
  MemberToken,
  TaskId,
  TopicPartition,
} from '../../log/port.ts';

interface Member {
  readonly memberId: string;
  readonly processId: string;
  readonly epoch: number;
  seenAt: number;
}

interface Placed extends TaskId {
  readonly topics: ReadonlySet<string>;
  /** Who is to run it, and who may: while a task moves, its old member owns it until that one gives it up. */
  target: string | null;
  owner: string | null;
}

export const SESSION_MS = 600;

/** The group coordinator: members, their tasks, and how far they have come. */
export class Group {
  readonly #now: () => number;
  readonly #members = new Map<string, Member>();
  readonly #offsets = new Map<string, CommittedPosition>();
  /** Partitions whose offsets are part of a transaction that has not ended. */
  readonly #held = new Map<string, number>();
  #tasks: Placed[] = [];
  #epoch = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  join({ memberId, processId, subtopologies }: JoinOptions): MemberToken {
    if (this.#tasks.length === 0)
      this.#tasks = subtopologies.flatMap(({ tasks, sources, repartitionSources }, subtopology) => {
        const topics = new Set([...sources, ...repartitionSources.map(({ name }) => name)]);
        return Array.from({ length: tasks }, (_, partition) => newTask({ subtopology, partition }, topics));
      });
    this.#expire();
    const epoch = ++this.#epoch;
    this.#members.set(memberId, { memberId, processId, epoch, seenAt: this.#now() });
    // A process that begins runs nothing yet.
    this.#disown(memberId);
    this.#balance();
    return { memberId, epoch };
  }

  /** A sign of life, and what was given up. Gives the tasks to run now. Throws FENCED. */
  beat(token: MemberToken, released: readonly TaskId[]): readonly TaskId[] {
    this.check(token);
    const { memberId } = token;
    for (const { subtopology, partition } of released)
      for (const task of this.#tasks)
        if (task.subtopology === subtopology && task.partition === partition)
          if (task.owner === memberId && task.target !== memberId) task.owner = null;
    this.#expire();
    return this.assigned(memberId);
  }

  /** What the member may run now; what is free and meant for it becomes its own. */
  assigned(memberId: string): readonly TaskId[] {
    const mine = this.#tasks.filter(({ target }) => target === memberId);
    for (const task of mine) task.owner ??= memberId;
    return mine
      .filter(({ owner }) => owner === memberId)
      .map(({ subtopology, partition }) => ({ subtopology, partition }));
  }

  owns(memberId: string, { subtopology, partition }: TaskId): boolean {
    return this.#tasks.some(
      (task) => task.subtopology === subtopology && task.partition === partition && task.owner === memberId,
    );
  }

  leave({ memberId, epoch }: MemberToken): void {
    if (this.#members.get(memberId)?.epoch === epoch) this.#remove(memberId);
  }

  /** Throws FENCED unless the member is in the group and, where that is asked, owns the tasks of these inputs. */
  check({ memberId, epoch }: MemberToken, inputs: readonly TopicPartition[] = []): void {
    const member = this.#members.get(memberId);
    const who = `Member ${memberId}`;
    if (member?.epoch !== epoch)
      throw failure('FENCED', { who, memberId, reason: `it has epoch ${epoch}, the group ${member?.epoch}` });
    for (const { topic, partition } of inputs) {
      const stranger = this.#tasks.find(
        (task) => task.partition === partition && task.topics.has(topic) && task.owner !== memberId,
      );
      if (stranger !== undefined)
        throw failure('FENCED', {
          who,
          memberId,
          reason: `${topic}-${partition} is with ${stranger.owner ?? 'nobody'}`,
        });
    }
    member.seenAt = this.#now();
  }

  /** Gives one task to another member. */
  move(pick: <T>(choices: readonly T[]) => T | undefined): string {
    const task = pick(this.#tasks);
    const to = pick([...this.#members.keys()].filter((memberId) => memberId !== task?.target));
    if (task === undefined || to === undefined) return 'nothing to move';
    task.target = to;
    return `task ${task.subtopology}_${task.partition} goes to ${to}`;
  }

  // --- offsets

  hold({ positions }: GroupOffsets): void {
    for (const each of positions) this.#held.set(nameOf(each), (this.#held.get(nameOf(each)) ?? 0) + 1);
  }

  release({ positions }: GroupOffsets, isCommitted: boolean): void {
    for (const each of positions) this.#held.set(nameOf(each), (this.#held.get(nameOf(each)) ?? 1) - 1);
    if (isCommitted) this.commit(positions);
  }

  commit(positions: readonly CommittedPosition[]): void {
    for (const each of positions) this.#offsets.set(nameOf(each), each);
  }

  isHeld(partition: TopicPartition): boolean {
    return (this.#held.get(nameOf(partition)) ?? 0) > 0;
  }

  committed(partition: TopicPartition): CommittedPosition | undefined {
    return this.#offsets.get(nameOf(partition));
  }

  // --- internals

  #expire(): void {
    for (const { memberId, seenAt } of [...this.#members.values()])
      if (seenAt + SESSION_MS < this.#now()) this.#remove(memberId);
  }

  #remove(memberId: string): void {
    this.#members.delete(memberId);
    this.#disown(memberId);
    if (this.#members.size > 0) this.#balance();
  }

  #disown(memberId: string): void {
    for (const task of this.#tasks) if (task.owner === memberId) task.owner = null;
  }

  #balance(): void {
    const placed = this.#tasks.map((task) => ({
      ...task,
      holder: task.target !== null && this.#members.has(task.target) ? task.target : task.owner,
    }));
    const targets = assignTasks(placed, [...this.#members.values()]);
    this.#tasks.forEach((task, index) => {
      task.target = targets[index] ?? null;
    });
  }
}

function newTask(id: TaskId, topics: ReadonlySet<string>): Placed {
  return { ...id, topics, target: null, owner: null };
}

export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
