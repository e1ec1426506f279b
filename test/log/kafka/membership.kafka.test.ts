import { expect, test } from 'vitest';
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import type { Log, Membership, Subtopology } from '../../../src/log/port.ts';
import { describeWithKafka } from '../../support/kafka-server.ts';
import { allOf, expectFailure, partitionsOf, reading, record, until, untilTasks } from '../conformance/support.ts';

describeWithKafka('Kafka groups', (kafka) => {
  const open = (): Promise<Log> => openKafkaLog({ bootstrapServers: [kafka().bootstrapServers], clientId: 'test' });
  const join = (log: Log, group: string, memberId: string, subtopology: Subtopology): Promise<Membership> =>
    log.join({ group, memberId, processId: memberId, subtopologies: [subtopology] });

  test('a missing source topic is named, and one that comes in time is waited for', async () => {
    const log = await open();
    const member = await join(log, 'missing', 'm', reading('not-there', 1));
    await expectFailure(
      until(member, () => false),
      'SOURCE_TOPICS_MISSING',
    );
    expect(member.failure?.message).toContain('not-there');
    expect(member.assigned).toBeNull();
    await member.leave();
    const late = await join(log, 'late', 'm', reading('comes-late', 1));
    await log.createTopics([{ name: 'comes-late', partitions: 1 }]);
    await untilTasks(late, 1);
    await late.leave();
    await log.close();
  });

  test('topics that do not fit together are named', async () => {
    const log = await open();
    await log.createTopics([
      { name: 'two', partitions: 2 },
      { name: 'three', partitions: 3 },
    ]);
    const both = reading('two', 3, { sources: ['two', 'three'], copartitioned: [['two', 'three']] });
    const member = await join(log, 'unlike', 'm', both);
    await expectFailure(
      until(member, () => false),
      'TOPICS_WRONGLY_PARTITIONED',
    );
    expect(member.failure?.message).toMatch(/two|three/);
    await member.leave();
    await log.close();
  });

  test('a task goes to another member only after it was given up, and its old owner is fenced then', async () => {
    const log = await open();
    await log.createTopics([{ name: 'shared', partitions: 4 }]);
    const first = await join(log, 'sharing', 'first', reading('shared', 4));
    await untilTasks(first, 4);
    first.report(first.assigned ?? []);
    const early = first.token;
    const second = await join(log, 'sharing', 'second', reading('shared', 4));
    await untilTasks(first, 2);
    // Not given up yet: some of the broker's heartbeat intervals later the second one still has nothing.
    const kept = new Set(partitionsOf(first.assigned));
    const moved = [0, 1, 2, 3].find((partition) => !kept.has(partition)) ?? -1;
    const producer = await log.producer({ transactionalId: 'sharing' });
    producer.append('shared', 0, record('k', 'v'));
    const positions = [{ topic: 'shared', partition: moved, offset: 1 }];
    await producer.commit({ group: 'sharing', member: first.token, positions });
    expect(second.assigned ?? []).toEqual([]);
    first.report(first.assigned ?? []);
    await untilTasks(second, 2);
    second.report(second.assigned ?? []);
    expect(partitionsOf(second.assigned)).toContain(moved);
    const stale = [{ topic: 'shared', partition: moved, offset: 2 }];
    await expectFailure(producer.commit({ group: 'sharing', member: early, positions: stale }), 'FENCED');
    await producer.abort();
    await producer.commit({ group: 'sharing', member: second.token, positions: stale });
    expect(await log.committed('sharing', allOf('shared', 4))).toEqual(stale);
    await Promise.all([first.leave(), second.leave()]);
    await log.close();
  });

  test('a worker that comes back under its id has its tasks at once, nobody else is disturbed', async () => {
    const log = await open();
    await log.createTopics([{ name: 'kept', partitions: 2 }]);
    const first = await join(log, 'keeping', 'first', reading('kept', 2));
    await untilTasks(first, 2);
    first.report(first.assigned ?? []);
    await first.leave({ keep: true });
    const { epoch } = first.token;
    const again = await join(log, 'keeping', 'first', reading('kept', 2));
    // With the first answer already.
    expect(partitionsOf(again.assigned)).toEqual([0, 1]);
    expect(again.token.epoch).toBe(epoch);
    await again.leave();
    await log.close();
  });
});
