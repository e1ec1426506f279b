import { Reader } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import * as fetchApi from '../../../src/log/kafka/fetch-api.ts';
import * as produceApi from '../../../src/log/kafka/produce-api.ts';
import * as heartbeatApi from '../../../src/log/kafka/streams-heartbeat-api.ts';
import { subtopologyInfos } from '../../../src/log/kafka/streams-topology.ts';
import { parseEndTxn } from '../../../src/log/kafka/transaction-api.ts';
import { golden } from './golden.ts';

const TOPIC_ID = '00010203-0405-0607-0809-0a0b0c0d0e0f';

function parsed<T>(parse: (correlation: number, key: number, version: number, reader: Reader) => T, bytes: Buffer): T {
  return parse(0, 0, 0, Reader.from(bytes));
}

test('a fetch is asked for as Kafka writes it', () => {
  const topics = [{ topicId: TOPIC_ID, partitions: [{ partition: 2, position: 5_000_000_000 }] }];
  const request = { maxWaitMs: 100, readCommitted: true, topics, maxBytesPerPartition: 262_144 };
  expect(fetchApi.createRequest(request).buffer.toString('hex')).toBe(golden('fetch').toString('hex'));
});

test('a fetched answer keeps each partition’s own error, and the records of the others', () => {
  const { errorCode, topics } = parsed(fetchApi.parseResponse, golden('fetchResponse'));
  expect(errorCode).toBe(0);
  expect(topics.map(({ topicId }) => topicId)).toEqual([TOPIC_ID]);
  const [good, bad] = topics[0]?.partitions ?? [];
  expect(good).toMatchObject({
    partition: 2,
    errorCode: 0,
    highWatermark: 5_000_000_200,
    lastStableOffset: 5_000_000_100,
    logStartOffset: 3,
    aborted: [{ producerId: 77n, firstOffset: 5_000_000_001 }],
  });
  expect([...(good?.records ?? [])]).toEqual(Array.from({ length: 200 }, (_, at) => at));
  expect(bad).toMatchObject({ partition: 3, errorCode: 6, highWatermark: -1, aborted: [] });
  expect(bad?.records.length).toBe(0);
});

test('batches are produced as Kafka writes them, one a partition', () => {
  const batches = [
    { topic: 'a', partition: 1, records: Buffer.from([1, 2, 3]) },
    { topic: 'a', partition: 0, records: Buffer.from([4]) },
    { topic: 'b', partition: 0, records: Buffer.from([5]) },
  ];
  const request = produceApi.createRequest({ transactionalId: 't', timeoutMs: 30_000, batches });
  expect(request.buffer.toString('hex')).toBe(golden('produce').toString('hex'));
});

test('an acknowledgement keeps each partition’s own error, with the words of its record', () => {
  expect(parsed(produceApi.parseResponse, golden('produceResponse'))).toEqual([
    { topic: 'a', partition: 1, errorCode: 0, baseOffset: 5_000_000_000, message: null },
    { topic: 'a', partition: 0, errorCode: 87, baseOffset: -1, message: 'bad record' },
  ]);
});

test('the end of a transaction brings the next identity', () => {
  expect(parsed(parseEndTxn, golden('endTxn'))).toEqual({ producerId: 1_234_567_890_123n, producerEpoch: 42 });
  expect(() => parsed(parseEndTxn, golden('endTxnError'))).toThrow('CONCURRENT_TRANSACTIONS');
});

test('a member joins as Kafka writes it', () => {
  const subtopologies = subtopologyInfos([
    {
      sources: ['a', 'b'],
      changelogs: [{ name: 'c', partitions: 4, config: { 'cleanup.policy': 'compact' } }],
      repartitionSinks: ['r'],
      repartitionSources: [{ name: 's', partitions: 4 }],
      copartitioned: [['b', 's']],
      tasks: 4,
    },
  ]);
  const request = heartbeatApi.createRequest({
    group: 'g',
    memberId: 'm',
    memberEpoch: 0,
    rebalanceTimeoutMs: 60_000,
    subtopologies,
    activeTasks: [],
    processId: 'p',
    endpoint: { host: 'h', port: 65_535 },
  });
  expect(request.buffer.toString('hex')).toBe(golden('join').toString('hex'));
});

test('a heartbeat that lists tasks lists no standbys and warm-ups; the broker wants all kinds or none', () => {
  const nothingNew = {
    group: 'g',
    memberId: 'm',
    memberEpoch: 7,
    rebalanceTimeoutMs: null,
    subtopologies: null,
    activeTasks: null,
    processId: null,
    endpoint: null,
  };
  const hex = (request: heartbeatApi.HeartbeatRequest): string =>
    heartbeatApi.createRequest(request).buffer.toString('hex');
  const listing = hex({ ...nothingNew, activeTasks: [{ subtopology: '0', partitions: [1, 300] }] });
  // As Kafka writes it, but with two empty lists where its class was given none.
  expect(listing).toBe(golden('beat').toString('hex').replace('012c000000', '012c000101'));
  expect(hex(nothingNew)).toBe('0267026d00000007ffffffff0000ffffffffff00000000ff0000000000');
});

test('a heartbeat’s answer tells epoch, status and tasks', () => {
  expect(parsed(heartbeatApi.parseResponse, golden('beatResponse'))).toEqual({
    errorCode: 0,
    errorMessage: null,
    memberEpoch: 8,
    heartbeatIntervalMs: 5000,
    statuses: [{ code: 3, detail: 'missing: c' }],
    activeTasks: [{ subtopology: '1', partitions: [0, 2] }],
  });
  expect(parsed(heartbeatApi.parseResponse, golden('beatError'))).toMatchObject({
    errorCode: 110,
    errorMessage: 'fenced',
    statuses: [],
    activeTasks: null,
  });
});
