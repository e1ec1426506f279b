import { type CompressionAlgorithmValue, Connection, produceV11 } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import { parseAddress } from '../../../src/log/kafka/options.ts';
import { describeWithKafka } from '../../support/kafka-server.ts';
import { keyTextOf, readAll, textOf } from '../conformance/support.ts';

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const satisfies CompressionAlgorithmValue[];

describeWithKafka('records packed by another client', (kafka) => {
  for (const compression of CODECS) {
    test(`are read (${compression})`, async () => {
      const topic = `packed-${compression}`;
      const log = await openKafkaLog({ bootstrapServers: [kafka().bootstrapServers], clientId: 'test' });
      await log.createTopics([{ name: topic, partitions: 1 }]);
      const connection = new Connection('other');
      const { host, port } = parseAddress(kafka().bootstrapServers);
      await connection.connect(host, port);
      const messages = Array.from({ length: 2000 }, (_, at) => ({
        topic,
        partition: 0,
        key: Buffer.from(`k${at}`),
        value: Buffer.from(`${at} `.repeat(20)),
        timestamp: 1000n + BigInt(at),
      }));
      await produceV11.api.async(connection, -1, 5000, messages, { compression });
      await connection.close();
      const found = await readAll(log, topic);
      expect(found.map(keyTextOf)).toEqual(messages.map(({ key }) => key.toString()));
      expect(found.map(textOf)).toEqual(messages.map(({ value }) => value.toString()));
      expect(found.map(({ timestamp }) => timestamp)).toEqual(messages.map((_, at) => 1000 + at));
      await log.close();
    });
  }
});
