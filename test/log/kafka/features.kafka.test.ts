import { expect, test } from 'vitest';
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import type { Log } from '../../../src/log/port.ts';
import { describeWithKafka } from '../../support/kafka-server.ts';
import { expectFailure, reading } from '../conformance/support.ts';

const noStreams = { features: { 'streams.version': 0 } };
const oldTransactions = { features: { 'transaction.version': 1, 'streams.version': 0 } };

describeWithKafka(
  'Kafka without the streams group protocol',
  (kafka) => {
    test('refuses members, and says how to switch it on', async () => {
      const log = await openKafkaLog({ bootstrapServers: [kafka().bootstrapServers], clientId: 'test' });
      await log.createTopics([{ name: 'in', partitions: 1 }]);
      const join = (): Promise<unknown> =>
        log.join({ group: 'g', memberId: 'm', processId: 'p', subtopologies: [reading('in', 1)] });
      await expectFailure(join(), 'BROKER_TOO_OLD');
      await expect(join()).rejects.toThrow('--feature streams.version=1');
      await log.close();
    });
  },
  noStreams,
);

describeWithKafka(
  'Kafka without transactions of protocol 2',
  (kafka) => {
    test('is refused at once, and says how to switch them on', async () => {
      const open = (): Promise<Log> => openKafkaLog({ bootstrapServers: [kafka().bootstrapServers], clientId: 'test' });
      await expectFailure(open(), 'BROKER_TOO_OLD');
      await expect(open()).rejects.toThrow('transaction.version=2');
    });
  },
  oldTransactions,
);
