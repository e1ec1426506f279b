import { failure } from '../../errors.ts';
import type { JoinOptions, MemberToken, TaskId } from '../port.ts';
import { Assignments } from './assignments.ts';
import { prepareTopics, topologyDifference, topologyText } from './group-topology.ts';
import type { Statement } from './log-file.ts';
import type { Tables } from './tables.ts';

/** What a member hears. */
export interface Answer {
  readonly token: MemberToken;
  readonly assigned: readonly TaskId[];
  /** Of the group: while it is the same, there is nothing to hear. */
  readonly version: number;
}

interface GroupRow {
  readonly epoch: number;
  readonly version: number;
  readonly topology: string;
}

/**
 * Groups without a broker: each member does the coordinator's work inside a write transaction when it joins, gives a
 * sign of life, or leaves. Members are told of changes by the group's version.
 */
export class Coordinator {
  readonly #tables: Tables;
  readonly #assignments: Assignments;
  readonly #group: Statement<[string], GroupRow>;
  readonly #putGroup: Statement<[string, number, number, string]>;
  readonly #changed: Statement<[string]>;
  readonly #version: Statement<[string], number>;

  constructor(tables: Tables) {
    const { file } = tables;
    this.#tables = tables;
    this.#assignments = new Assignments(file);
    this.#group = file.prepare('SELECT epoch, version, topology FROM groups WHERE name = ?');
    this.#putGroup = file.prepare('INSERT OR REPLACE INTO groups (name, epoch, version, topology) VALUES (?, ?, ?, ?)');
    this.#changed = file.prepare('UPDATE groups SET version = version + 1 WHERE name = ?');
    this.#version = file.prepare<[string], number>('SELECT version FROM groups WHERE name = ?').pluck();
  }

  /** Cheap: asked whenever the file has changed. */
  version(group: string): number {
    return this.#tables.file.read(() => this.#version.get(group) ?? 0);
  }

  /** Throws GROUP_TOPOLOGY_DIFFERS, TOPIC_UNKNOWN, TOPIC_PARTITIONS_DIFFER. */
  join(options: JoinOptions, sessionTimeoutMs: number): Promise<Answer> {
    return this.#tables.file.write(() => {
      const { group, memberId, processId, endpoint = null, rebalanceTimeoutMs = 60_000 } = options;
      prepareTopics(this.#tables.topics, options.subtopologies);
      this.#expire(group);
      const row = this.#admit(options);
      const epoch = row.epoch + 1;
      this.#putGroup.run(group, epoch, row.version, row.topology);
      this.#tables.members.put(group, memberId, { processId, endpoint, epoch, sessionTimeoutMs, rebalanceTimeoutMs });
      // A process that begins runs nothing yet: what its forerunner was asked to give up is free.
      this.#assignments.disown(group, memberId);
      this.#balance(group);
      return this.#answer(group, { memberId, epoch });
    });
  }

  /** Says that the member lives and which tasks it gave up. Throws FENCED. */
  beat(group: string, token: MemberToken, released: readonly TaskId[]): Promise<Answer> {
    return this.#tables.file.write(() => {
      this.#tables.members.check(group, token);
      // No short cut over them: every one is to be released.
      const given = released.filter((task) => this.#assignments.release(group, token.memberId, task));
      if (given.length > 0) this.#changed.run(group);
      this.#expire(group);
      return this.#answer(group, token);
    });
  }

  /** Nothing happens where the member was replaced meanwhile. */
  leave(group: string, token: MemberToken): Promise<void> {
    return this.#tables.file.write(() => {
      if (!this.#tables.members.has(group, token)) return;
      this.#remove(group, token.memberId);
      this.#balance(group);
    });
  }

  /** The group's row, with the topology of the member that comes. */
  #admit({ group, memberId, subtopologies }: JoinOptions): GroupRow {
    const topology = topologyText(subtopologies);
    const row = this.#group.get(group) ?? { epoch: 0, version: 0, topology: '[]' };
    if (row.topology === topology) return row;
    const others = this.#tables.members.of(group).filter((other) => other.memberId !== memberId);
    if (others.length > 0) {
      const running = others.map((other) => other.memberId).join(', ');
      const reason = topologyDifference(row.topology, topology);
      throw failure('GROUP_TOPOLOGY_DIFFERS', { member: memberId, group, running, reason });
    }
    this.#assignments.replace(group, subtopologies);
    return { ...row, topology };
  }

  #expire(group: string): void {
    const expired = this.#tables.members.expired(group);
    if (expired.length === 0) return;
    for (const memberId of expired) this.#remove(group, memberId);
    this.#balance(group);
  }

  #remove(group: string, memberId: string): void {
    this.#tables.members.delete(group, memberId);
    this.#assignments.disown(group, memberId);
  }

  #balance(group: string): void {
    this.#assignments.balance(group, this.#tables.members.of(group));
    this.#changed.run(group);
  }

  #answer(group: string, token: MemberToken): Answer {
    if (this.#assignments.claim(group, token.memberId)) this.#changed.run(group);
    const assigned = this.#assignments.of(group, token.memberId);
    return { token, assigned, version: this.#version.get(group) ?? 0 };
  }
}
