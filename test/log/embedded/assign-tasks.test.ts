import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignTasks, type Candidate, type PlacedTask } from '../../../src/log/embedded/assign-tasks.ts';

function tasksOf(holders: readonly (string | null)[]): PlacedTask[] {
  return holders.map((holder, index) => ({ subtopology: index % 2, partition: index >> 1, holder }));
}

function membersOf(ids: readonly string[]): Candidate[] {
  return ids.map((memberId) => ({ memberId, processId: memberId.slice(0, 1) }));
}

function counts(result: readonly (string | null)[], members: readonly Candidate[]): number[] {
  return members.map(({ memberId }) => result.filter((one) => one === memberId).length);
}

const ids = ['a1', 'a2', 'b1', 'b2', 'c1'];

test('all tasks are shared out evenly, and again without a move', () => {
  const holder = fc.option(fc.constantFrom(...ids, 'gone'));
  fc.assert(
    fc.property(fc.array(holder, { maxLength: 24 }), fc.subarray(ids, { minLength: 1 }), (holders, some) => {
      const [tasks, members] = [tasksOf(holders), membersOf(some)];
      const result = assignTasks(tasks, members);
      const shares = counts(result, members);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(tasks.length);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      expect(assignTasks(tasksOf(result), members)).toEqual(result);
    }),
  );
});

test('no more moves than evenness asks for', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...ids), { maxLength: 24 }), (holders) => {
      const members = membersOf(ids);
      const moved = assignTasks(tasksOf(holders), members).filter((one, index) => one !== holders[index]).length;
      // Who has more than a share gives up what is above it. The larger shares go to those who have most.
      const held = counts(holders, members).sort((a, b) => b - a);
      const base = Math.floor(holders.length / ids.length);
      const larger = holders.length % ids.length;
      const least = held.reduce((sum, count, at) => sum + Math.max(0, count - base - (at < larger ? 1 : 0)), 0);
      expect(moved).toBe(least);
    }),
  );
});

test('a member gets some of every sub-topology', () => {
  const result = assignTasks(tasksOf(Array.from({ length: 8 }, () => 'a1')), membersOf(['a1', 'b1']));
  expect(result).toEqual(['a1', 'a1', 'a1', 'a1', 'b1', 'b1', 'b1', 'b1']);
});

test('the larger share goes to the process with fewer members', () => {
  const members = membersOf(['a1', 'a2', 'b1']);
  expect(counts(assignTasks(tasksOf([null, null, null, null]), members), members)).toEqual([1, 1, 2]);
});

test('without members nobody has anything', () => {
  expect(assignTasks(tasksOf(['a1', null]), [])).toEqual([null, null]);
});
