import { test } from 'vitest';
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts';
import { describeWithKafka } from '../support/kafka-server.ts';
import { checkTrim } from './changelog-trim.ts';

describeWithKafka('the changelog of windows on Kafka', (kafka) => {
  test('is cut off, and the next worker goes on with what is left', async () => {
    const log = await openKafkaLog({ bootstrapServers: [kafka().bootstrapServers], clientId: 'test' });
    await checkTrim(log);
    await log.close();
  });
});
