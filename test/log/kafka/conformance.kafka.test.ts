import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import { describeWithKafka } from '../../support/kafka-server.ts';
import { logConformance } from '../conformance/log-conformance.ts';

describeWithKafka('Kafka', (kafka) => {
  logConformance(
    'kafka',
    () => openKafkaLog({ bootstrapServers: [kafka().bootstrapServers], clientId: 'conformance' }),
    // A member that comes back has the same epoch, so only its producer's id fences the one before.
    { replacesMembers: false, sessionTimeoutMs: 6000, timeoutMs: 60_000 },
  );
});
