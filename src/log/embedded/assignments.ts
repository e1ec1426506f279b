import type { Subtopology, TaskId } from '../port.ts';
import { assignTasks, type Candidate } from './assign-tasks.ts';
import type { LogFile, Statement } from './log-file.ts';

interface TaskRow extends TaskId {
  readonly target: string | null;
  readonly owner: string | null;
}

/**
 * Which member runs which task. A task that moves has its new member as `target` while the old one still owns it; only
 * when that one gives it up, or is given up itself, the target takes it. Called inside a write transaction.
 */
export class Assignments {
  readonly #all: Statement<[string], TaskRow>;
  readonly #aim: Statement<[string | null, string | null, number, string, number, number]>;
  readonly #release: Statement<[string, number, number, string, string]>;
  readonly #claim: Statement<[string, string, string]>;
  readonly #mine: Statement<[string, string, string], TaskId>;
  readonly #disown: Statement<[string, string]>;
  readonly #clear: readonly Statement<[string]>[];
  readonly #insert: Statement<[string, number, number]>;
  readonly #insertSource: Statement<[string, string, number]>;

  constructor(file: LogFile) {
    this.#all = file.prepare(
      'SELECT subtopology, partition, target, owner FROM assignments WHERE group_name = ? ORDER BY subtopology, partition',
    );
    this.#aim = file.prepare(
      `UPDATE assignments SET target = ?, revoked_at = CASE WHEN owner <> ? THEN ifnull(revoked_at, ?) END
       WHERE group_name = ? AND subtopology = ? AND partition = ?`,
    );
    this.#release = file.prepare(
      `UPDATE assignments SET owner = NULL, revoked_at = NULL
       WHERE group_name = ? AND subtopology = ? AND partition = ? AND owner = ? AND target IS NOT ?`,
    );
    this.#claim = file.prepare(
      'UPDATE assignments SET owner = ? WHERE group_name = ? AND target = ? AND owner IS NULL',
    );
    this.#mine = file.prepare(
      `SELECT subtopology, partition FROM assignments WHERE group_name = ? AND target = ? AND owner = ?
       ORDER BY subtopology, partition`,
    );
    this.#disown = file.prepare(
      'UPDATE assignments SET owner = NULL, revoked_at = NULL WHERE group_name = ? AND owner = ?',
    );
    this.#clear = [
      file.prepare('DELETE FROM assignments WHERE group_name = ?'),
      file.prepare('DELETE FROM group_sources WHERE group_name = ?'),
    ];
    this.#insert = file.prepare('INSERT INTO assignments (group_name, subtopology, partition) VALUES (?, ?, ?)');
    this.#insertSource = file.prepare('INSERT INTO group_sources (group_name, topic, subtopology) VALUES (?, ?, ?)');
  }

  /** Forgets everything: the group begins anew with the tasks of this topology. */
  replace(group: string, subtopologies: readonly Subtopology[]): void {
    for (const statement of this.#clear) statement.run(group);
    subtopologies.forEach(({ tasks, sources, repartitionSources }, subtopology) => {
      for (let partition = 0; partition < tasks; partition++) this.#insert.run(group, subtopology, partition);
      const topics = new Set([...sources, ...repartitionSources.map((spec) => spec.name)]);
      for (const topic of topics) this.#insertSource.run(group, topic, subtopology);
    });
  }

  /** Decides anew who is to run what. */
  balance(group: string, members: readonly Candidate[]): void {
    const present = new Set(members.map((member) => member.memberId));
    const tasks = this.#all.all(group);
    const holder = ({ target, owner }: TaskRow): string | null =>
      target !== null && present.has(target) ? target : owner;
    const targets = assignTasks(
      tasks.map((task) => ({ ...task, holder: holder(task) })),
      members,
    );
    tasks.forEach(({ subtopology, partition, target }, index) => {
      const next = targets[index] ?? null;
      if (next !== target) this.#aim.run(next, next, Date.now(), group, subtopology, partition);
    });
  }

  /** The member runs the task no longer. Nothing happens where it is to run it all the same. */
  release(group: string, memberId: string, { subtopology, partition }: TaskId): boolean {
    return this.#release.run(group, subtopology, partition, memberId, memberId).changes > 0;
  }

  /** The member runs nothing any longer: it left, died, or begins anew. */
  disown(group: string, memberId: string): void {
    this.#disown.run(group, memberId);
  }

  /** Takes what is free and meant for the member; true if that was anything. */
  claim(group: string, memberId: string): boolean {
    return this.#claim.run(memberId, group, memberId).changes > 0;
  }

  /** What the member is to run and may run. */
  of(group: string, memberId: string): TaskId[] {
    return this.#mine.all(group, memberId, memberId);
  }
}
