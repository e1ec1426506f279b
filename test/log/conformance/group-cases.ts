import { expect, test } from 'vitest';
import type { Membership, Subtopology } from '../../../src/log/port.ts';
import { allOf, type Bench, expectFailure, partitionsOf, reading, record, until, untilTasks } from './support.ts';

export function groupCases({ log, name, topic, producer, capabilities }: Bench): void {
  const { sessionTimeoutMs, replacesMembers } = capabilities;

  async function join(group: string, memberId: string, subtopologies: readonly Subtopology[]): Promise<Membership> {
    return (await log()).join({ group, memberId, processId: memberId, subtopologies });
  }

  test('one member gets all tasks, and the topics of the topology are there', async () => {
    const made = await topic(2);
    const [between, changelog] = [name('between'), name('changelog')];
    const one = await log();
    const specs = { repartition: { name: between, partitions: 3 }, changelog: { name: changelog, partitions: 3 } };
    const first = reading(made, 2, { repartitionSinks: [between] });
    const second = reading(made, 3, {
      sources: [],
      repartitionSources: [specs.repartition],
      changelogs: [specs.changelog],
    });
    const member = await join(name('group'), name('member'), [first, second]);
    await untilTasks(member, 5);
    expect(member.assigned).toEqual(
      expect.arrayContaining([0, 1, 2].map((partition) => ({ subtopology: 1, partition }))),
    );
    expect(await one.describeTopics([between, changelog])).toEqual([specs.repartition, specs.changelog]);
    await member.leave();
  });

  test('a member commits with its token, and is fenced once it has left', async () => {
    const made = await topic(1);
    const group = name('group');
    const member = await join(group, name('member'), [reading(made, 1)]);
    await untilTasks(member, 1);
    member.report([{ subtopology: 0, partition: 0 }]);
    const writer = await producer({ transactionalId: name('id') });
    const positions = [{ topic: made, partition: 0, offset: 4, time: 100 }];
    writer.append(made, 0, record('k', 'v'));
    await writer.commit({ group, member: member.token, positions });
    const one = await log();
    expect(await one.committed(group, allOf(made, 1))).toEqual(positions);
    const { token } = member;
    await member.leave();
    const late = { group, member: token, positions: [{ topic: made, partition: 0, offset: 5 }] };
    await expectFailure(writer.commit(late), 'FENCED');
    await writer.abort();
    expect(await one.committed(group, allOf(made, 1))).toEqual(positions);
  });

  test('a second member gets half, as soon as the first has given it up, and all when that one leaves', async () => {
    const made = await topic(4);
    const group = name('group');
    const first = await join(group, 'first', [reading(made, 4)]);
    await untilTasks(first, 4);
    first.report(first.assigned ?? []);
    const second = await join(group, 'second', [reading(made, 4)]);
    await untilTasks(first, 2);
    expect(second.assigned ?? []).toEqual([]);
    first.report(first.assigned ?? []);
    await untilTasks(second, 2);
    second.report(second.assigned ?? []);
    expect([...partitionsOf(first.assigned), ...partitionsOf(second.assigned)].sort()).toEqual([0, 1, 2, 3]);
    await first.leave();
    await untilTasks(second, 4);
    await second.leave();
  });

  test('a member that comes back under its id has its tasks again', async () => {
    const made = await topic(4);
    const group = name('group');
    const first = await join(group, 'first', [reading(made, 4)]);
    await untilTasks(first, 4);
    first.report(first.assigned ?? []);
    const second = await join(group, 'second', [reading(made, 4)]);
    await untilTasks(first, 2);
    first.report(first.assigned ?? []);
    await untilTasks(second, 2);
    second.report(second.assigned ?? []);
    const before = partitionsOf(first.assigned);
    const { token } = first;
    await first.leave({ keep: true });
    const again = await join(group, 'first', [reading(made, 4)]);
    await untilTasks(again, 2);
    expect(partitionsOf(again.assigned)).toEqual(before);
    expect(partitionsOf(second.assigned).length).toBe(2);
    if (replacesMembers) {
      const writer = await producer({ transactionalId: name('id') });
      const positions = [{ topic: made, partition: before[0] ?? 0, offset: 1 }];
      await expectFailure(writer.commit({ group, member: token, positions }), 'FENCED');
      await writer.abort();
      await writer.commit({ group, member: again.token, positions });
    }
    await Promise.all([again.leave(), second.leave()]);
  });

  test.runIf(sessionTimeoutMs !== undefined)('a silent member loses its tasks and is fenced', async () => {
    const made = await topic(2);
    const group = name('group');
    const first = await join(group, 'first', [reading(made, 2)]);
    await untilTasks(first, 2);
    first.report(first.assigned ?? []);
    const { token } = first;
    await first.leave({ keep: true });
    const second = await join(group, 'second', [reading(made, 2)]);
    await until(second, ({ assigned }) => assigned?.length === 2);
    const writer = await producer({ transactionalId: name('id') });
    const positions = [{ topic: made, partition: 0, offset: 1 }];
    await expectFailure(writer.commit({ group, member: token, positions }), 'FENCED');
    await writer.abort();
    await writer.commit({ group, member: second.token, positions });
    await second.leave();
  });

  test('a member with another topology is refused while others run', async () => {
    const made = await topic(2);
    const other = await topic(2);
    const group = name('group');
    const first = await join(group, 'first', [reading(made, 2)]);
    await untilTasks(first, 2);
    const refused = join(group, 'second', [reading(other, 2)]).then((member) => until(member, () => false));
    await expectFailure(refused, 'GROUP_TOPOLOGY_DIFFERS');
    expect(first.failure).toBeNull();
    await first.leave();
  });
}
