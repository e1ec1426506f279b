import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts';
import type { Membership } from '../../../src/log/port.ts';
import { expectFailure, partitionsOf, reading, until, untilTasks } from '../conformance/support.ts';
import { temporaryLog, temporaryPath } from './temporary-log.ts';

const options = { sessionTimeoutMs: 300 };

function join(log: EmbeddedLog, memberId: string, rebalanceTimeoutMs = 60_000): Promise<Membership> {
  const subtopologies = [reading('t', 4)];
  return log.join({ group: 'g', memberId, processId: memberId, subtopologies, rebalanceTimeoutMs });
}

/** Two clients of one log with the topic `t`, and a member that runs all four tasks. */
async function running(rebalanceTimeoutMs?: number): Promise<{ logs: [EmbeddedLog, EmbeddedLog]; first: Membership }> {
  const path = temporaryPath();
  const logs: [EmbeddedLog, EmbeddedLog] = [await temporaryLog(options, path), await temporaryLog(options, path)];
  await logs[0].createTopics([{ name: 't', partitions: 4 }]);
  const first = await join(logs[0], 'first', rebalanceTimeoutMs);
  await untilTasks(first, 4);
  first.report(first.assigned ?? []);
  return { logs, first };
}

test('a task does not move before its owner has given it up', async () => {
  const { logs, first } = await running();
  const second = await join(logs[1], 'second');
  await untilTasks(first, 2);
  // Many heartbeats of both: nobody may grow impatient.
  await sleep(200);
  expect(second.assigned).toEqual([]);
  const [given, kept] = [[2, 3], partitionsOf(first.assigned)];
  expect(kept).toEqual([0, 1]);
  first.report([0, 1, 2].map((partition) => ({ subtopology: 0, partition })));
  await untilTasks(second, 1);
  first.report([0, 1].map((partition) => ({ subtopology: 0, partition })));
  await untilTasks(second, 2);
  expect(partitionsOf(second.assigned).sort()).toEqual(given);
});

test('a commit for a task that has moved is fenced, one for a task that was kept is not', async () => {
  const { logs, first } = await running();
  const producer = await logs[0].producer({ transactionalId: 'id' });
  const commit = (partition: number): Promise<unknown> =>
    producer.commit({ group: 'g', member: first.token, positions: [{ topic: 't', partition, offset: 1 }] });
  const second = await join(logs[1], 'second');
  await untilTasks(first, 2);
  await commit(3);
  first.report(first.assigned ?? []);
  await untilTasks(second, 2);
  await expectFailure(commit(3), 'FENCED');
  await producer.abort();
  await commit(0);
});

test('who does not give a task up in time is put out of the group', async () => {
  const { logs, first } = await running(100);
  const second = await join(logs[1], 'second');
  await untilTasks(second, 4);
  await expectFailure(
    until(first, () => false),
    'FENCED',
  );
  expect(first.assigned).toEqual([]);
});

test('a task that comes back while it is being given up is run again', async () => {
  const { logs, first } = await running();
  const second = await join(logs[1], 'second');
  await untilTasks(first, 2);
  await second.leave();
  await untilTasks(first, 4);
  expect(first.failure).toBeNull();
});

test('the process that is replaced hears of it', async () => {
  const { logs, first } = await running();
  const again = await join(logs[1], 'first');
  expect(again.assigned?.length).toBe(4);
  expect(again.token.epoch).toBeGreaterThan(first.token.epoch);
  await expectFailure(
    until(first, () => false),
    'FENCED',
  );
  await first.leave();
  expect(again.failure).toBeNull();
  expect(again.assigned?.length).toBe(4);
});

test('a group may come with another topology when nobody runs, and keeps its offsets', async () => {
  const { logs, first } = await running();
  const positions = [{ topic: 't', partition: 0, offset: 7 }];
  const producer = await logs[0].producer({});
  await producer.commit({ group: 'g', member: first.token, positions });
  await first.leave();
  const subtopologies = [reading('t', 4, { changelogs: [{ name: 'c', partitions: 4 }] })];
  const other = await logs[1].join({ group: 'g', memberId: 'other', processId: 'p', subtopologies });
  expect(other.assigned?.length).toBe(4);
  expect(await logs[1].committed('g', positions)).toEqual(positions);
});

test('topics that do not fit the topology are named', async () => {
  const log = await temporaryLog();
  const attempt = (subtopology: ReturnType<typeof reading>): Promise<Membership> =>
    log.join({ group: 'g', memberId: 'm', processId: 'p', subtopologies: [subtopology] });
  await expectFailure(attempt(reading('absent', 1)), 'TOPIC_UNKNOWN');
  await log.createTopics([
    { name: 't', partitions: 2 },
    { name: 'c', partitions: 1 },
  ]);
  const changelogs = [{ name: 'c', partitions: 2 }];
  await expectFailure(attempt(reading('t', 2, { changelogs })), 'TOPIC_PARTITIONS_DIFFER');
});
