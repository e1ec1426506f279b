import { expect, test } from 'vitest';
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import { describeWithKafka } from '../../support/kafka-server.ts';
import { expectFailure, reading, record, untilTasks } from '../conformance/support.ts';

describeWithKafka('a Kafka log that is closed', (kafka) => {
  test('ends all that was opened from it, so that the process can end', async () => {
    const log = await openKafkaLog({ bootstrapServers: [kafka().bootstrapServers], clientId: 'test' });
    await log.createTopics([{ name: 'closing', partitions: 1 }]);
    const fetcher = log.fetcher();
    fetcher.assign([{ topic: 'closing', partition: 0, offset: 0 }]);
    await fetcher.poll(10);
    const subtopologies = [reading('closing', 1)];
    const member = await log.join({ group: 'closing', memberId: 'm', processId: 'p', subtopologies });
    await untilTasks(member, 1);
    const producer = await log.producer({ transactionalId: 'closing' });
    await log.close();
    producer.append('closing', 0, record('k', 'v'));
    await expectFailure(producer.commit(), 'LOG_CLOSED');
    await expectFailure(log.topics(), 'LOG_CLOSED');
    await producer.close();
    await fetcher.close();
    await member.leave();
    const active = (): string[] => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap');
    await expect.poll(active).toEqual([]);
  });
});
