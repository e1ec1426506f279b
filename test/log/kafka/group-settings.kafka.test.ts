import { Admin } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import { describeWithKafka } from '../../support/kafka-server.ts';

const DELAY = 'streams.initial.rebalance.delay.ms';
const GROUP = 32 as never;

async function delayOf(bootstrapServers: string, group: string): Promise<string | null | undefined> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [bootstrapServers] });
  const resources = [{ resourceType: GROUP, resourceName: group, configurationKeys: [DELAY] }];
  const [described] = await admin.describeConfigs({ resources });
  await admin.close();
  return described?.configs.find(({ name }) => name === DELAY)?.value;
}

async function joinOnce(bootstrapServers: string, group: string): Promise<void> {
  const log = await openKafkaLog({ bootstrapServers: [bootstrapServers], clientId: 'test' });
  await log.createTopics([{ name: 'in', partitions: 2 }]);
  const subtopology = {
    tasks: 2,
    sources: ['in'],
    repartitionSources: [],
    changelogs: [],
    repartitionSinks: [],
    copartitioned: [],
  };
  const member = await log.join({ group, memberId: crypto.randomUUID(), processId: 'p', subtopologies: [subtopology] });
  while (member.assigned === null) await member.changed();
  expect(member.assigned).toHaveLength(2);
  await member.leave();
  await log.close();
}

describeWithKafka('the delay of a new group', (kafka) => {
  test('is taken away where nobody has chosen one', async () => {
    const { bootstrapServers } = kafka();
    expect(await delayOf(bootstrapServers, 'fresh')).toBe('3000');
    await joinOnce(bootstrapServers, 'fresh');
    expect(await delayOf(bootstrapServers, 'fresh')).toBe('0');
  });
});

describeWithKafka(
  'the delay that an operator has chosen',
  (kafka) => {
    test('stays', async () => {
      const { bootstrapServers } = kafka();
      await joinOnce(bootstrapServers, 'chosen');
      expect(await delayOf(bootstrapServers, 'chosen')).toBe('700');
    });
  },
  { properties: { 'group.streams.initial.rebalance.delay.ms': 700 } },
);
