import { afterAll, beforeAll, describe } from 'vitest';
import { type KafkaOptions, type KafkaServer, startKafka } from '../../scripts/lib/kafka-server.ts';
import { canStartServers } from './servers.ts';

/** Gives the running broker; only to be called inside tests and hooks. */
export type GetKafka = () => KafkaServer;

/** A describe block with one Kafka for all its tests, left out (loudly) where it cannot be started. */
export function describeWithKafka(name: string, body: (kafka: GetKafka) => void, options: KafkaOptions = {}): void {
  describe.skipIf(!canStartServers(name))(name, () => {
    let server: KafkaServer | undefined;
    beforeAll(async () => {
      server = await startKafka(options);
    });
    afterAll(() => server?.stop());
    body(() => {
      if (server === undefined) throw new Error('Kafka has not been started yet: ask for it inside a test.');
      return server;
    });
  });
}
