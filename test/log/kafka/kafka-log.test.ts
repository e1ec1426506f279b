import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import { parseAddress } from '../../../src/log/kafka/options.ts';
import { expectFailure } from '../conformance/support.ts';

/** A port that nobody listens on any more. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? address.port : 0;
}

test('no broker at the address: it is named, after the time to wait', async () => {
  const address = `127.0.0.1:${await deadPort()}`;
  const opening = openKafkaLog({ bootstrapServers: [address], clientId: 'test', connectTimeoutMs: 50 });
  await expect(opening).rejects.toThrow(address);
  await expectFailure(opening, 'BROKER_UNREACHABLE');
});

test('addresses are read with and without port, and in brackets', () => {
  expect(parseAddress('kafka')).toEqual({ host: 'kafka', port: 9092 });
  expect(parseAddress('127.0.0.1:19092')).toEqual({ host: '127.0.0.1', port: 19_092 });
  expect(parseAddress('[::1]:9093')).toEqual({ host: '::1', port: 9093 });
});
