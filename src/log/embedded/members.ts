import { failure } from '../../errors.ts';
import type { MemberToken, Position } from '../port.ts';
import type { Candidate } from './assign-tasks.ts';
import type { LogFile, Statement } from './log-file.ts';

export interface MemberRow {
  readonly processId: string;
  readonly endpoint: string | null;
  readonly epoch: number;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

/** The members of groups. Called inside a write transaction. */
export class Members {
  readonly #epoch: Statement<[string, string], number>;
  readonly #owners: Statement<[string, string, number], { subtopology: number; owner: string | null }>;
  readonly #seen: Statement<[number, string, string]>;
  readonly #put: Statement<[string, string, string, string | null, number, number, number, number]>;
  readonly #all: Statement<[string], Candidate>;
  readonly #expired: Statement<[string, number, number], string>;
  readonly #delete: Statement<[string, string]>;

  constructor(file: LogFile) {
    const where = 'WHERE group_name = ? AND member_id = ?';
    this.#epoch = file.prepare<[string, string], number>(`SELECT epoch FROM members ${where}`).pluck();
    this.#owners = file.prepare(
      `SELECT a.subtopology, a.owner FROM group_sources s JOIN assignments a USING (group_name, subtopology)
       WHERE s.group_name = ? AND s.topic = ? AND a.partition = ?`,
    );
    this.#seen = file.prepare(`UPDATE members SET seen_at = ? ${where}`);
    this.#put = file.prepare(
      `INSERT OR REPLACE INTO members (group_name, member_id, process_id, endpoint, epoch, seen_at, session_timeout_ms,
       rebalance_timeout_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#all = file.prepare(
      'SELECT member_id AS memberId, process_id AS processId FROM members WHERE group_name = ? ORDER BY member_id',
    );
    // Silent for too long, or asked for too long to give a task up.
    this.#expired = file
      .prepare<[string, number, number], string>(
        `SELECT member_id FROM members m WHERE group_name = ? AND (seen_at + session_timeout_ms < ? OR EXISTS (
           SELECT 1 FROM assignments a WHERE a.group_name = m.group_name AND a.owner = m.member_id
           AND a.revoked_at + m.rebalance_timeout_ms < ?)) ORDER BY member_id`,
      )
      .pluck();
    this.#delete = file.prepare(`DELETE FROM members ${where}`);
  }

  /**
   * Throws FENCED unless the member is in the group with this epoch and has the tasks that read these partitions. It
   * counts as a sign of life.
   */
  check(group: string, { memberId, epoch }: MemberToken, positions: readonly Position[] = []): void {
    const current = this.#epoch.get(group, memberId);
    if (current !== epoch) {
      const expired = `it was given up after its session or a rebalance timed out`;
      throw fenced(group, memberId, current === undefined ? expired : `it has epoch ${epoch}, the group ${current}`);
    }
    for (const { topic, partition } of positions) {
      for (const { subtopology, owner } of this.#owners.all(group, topic, partition)) {
        if (owner !== memberId)
          throw fenced(group, memberId, `task ${subtopology}_${partition} is with ${owner ?? 'nobody'}`);
      }
    }
    this.#seen.run(Date.now(), group, memberId);
  }

  has(group: string, { memberId, epoch }: MemberToken): boolean {
    return this.#epoch.get(group, memberId) === epoch;
  }

  put(group: string, memberId: string, row: MemberRow): void {
    const { processId, endpoint, epoch, sessionTimeoutMs, rebalanceTimeoutMs } = row;
    this.#put.run(group, memberId, processId, endpoint, epoch, Date.now(), sessionTimeoutMs, rebalanceTimeoutMs);
  }

  of(group: string): Candidate[] {
    return this.#all.all(group);
  }

  expired(group: string): string[] {
    const now = Date.now();
    return this.#expired.all(group, now, now);
  }

  delete(group: string, memberId: string): void {
    this.#delete.run(group, memberId);
  }
}

function fenced(group: string, memberId: string, reason: string): Error {
  return failure('FENCED', { who: `Member ${memberId} of group ${group}`, reason, group, memberId });
}
