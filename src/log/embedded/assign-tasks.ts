import type { TaskId } from '../port.ts';

export interface Candidate {
  readonly memberId: string;
  readonly processId: string;
}

export interface PlacedTask extends TaskId {
  /** Who has it now, or is to have it. */
  readonly holder: string | null;
}

interface Share {
  readonly memberId: string;
  quota: number;
}

/**
 * Shares tasks out evenly (counts differ by one at most), moving as few as can be. Where counts differ, the larger share
 * goes to who has more already, then to processes with fewer members. Tasks are taken in the order of partitions, so
 * that each member gets some of every sub-topology. Returns the member of each task, in the order of `tasks`.
 */
export function assignTasks(tasks: readonly PlacedTask[], members: readonly Candidate[]): (string | null)[] {
  const shares = sharesOf(tasks, members);
  const byMember = new Map(shares.map((share) => [share.memberId, share]));
  const order = tasks.map((_, index) => index).sort((a, b) => byPartition(tasks[a], tasks[b]));
  const result = new Array<string | null>(tasks.length).fill(null);
  const homeless: number[] = [];
  for (const index of order) {
    const share = byMember.get(tasks[index]?.holder ?? '');
    if (share !== undefined && share.quota > 0) result[index] = take(share);
    else homeless.push(index);
  }
  for (const index of homeless) {
    const share = shares.reduce<Share | undefined>(
      (best, one) => (one.quota > (best?.quota ?? 0) ? one : best),
      undefined,
    );
    if (share !== undefined) result[index] = take(share);
  }
  return result;
}

function sharesOf(tasks: readonly PlacedTask[], members: readonly Candidate[]): Share[] {
  const held = countBy(tasks.map((task) => task.holder ?? ''));
  const crowd = countBy(members.map((member) => member.processId));
  const sorted = [...members].sort(
    (a, b) =>
      (held.get(b.memberId) ?? 0) - (held.get(a.memberId) ?? 0) ||
      (crowd.get(a.processId) ?? 0) - (crowd.get(b.processId) ?? 0) ||
      (a.memberId < b.memberId ? -1 : 1),
  );
  const base = Math.floor(tasks.length / members.length);
  const larger = tasks.length % members.length;
  return sorted.map(({ memberId }, index) => ({ memberId, quota: base + (index < larger ? 1 : 0) }));
}

function take(share: Share): string {
  share.quota--;
  return share.memberId;
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function byPartition(a: TaskId | undefined, b: TaskId | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return a.partition - b.partition || a.subtopology - b.subtopology;
}
