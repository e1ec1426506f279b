import { AuthenticationError, NetworkError, ResponseError } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { failure, isMillraceError } from '../../../src/errors.ts';
import { BrokerError } from '../../../src/log/kafka/broker-error.ts';
import { type Remedy, remedyOf, retrying } from '../../../src/log/kafka/retry.ts';

test.each([
  ['CONCURRENT_TRANSACTIONS', 'again'],
  ['NOT_ENOUGH_REPLICAS', 'again'],
  ['NOT_LEADER_OR_FOLLOWER', 'refresh'],
  ['NOT_COORDINATOR', 'coordinator'],
  ['UNKNOWN_TOPIC_ID', 'unknown-topic'],
  ['INVALID_TXN_STATE', 'abort'],
  ['PRODUCER_FENCED', 'fenced'],
  ['STALE_MEMBER_EPOCH', 'fenced'],
  ['TOPIC_AUTHORIZATION_FAILED', 'fail'],
  ['ERROR_9999', 'fail'],
] satisfies [string, Remedy][])('%s: %s', (id, remedy) => {
  expect(remedyOf(new BrokerError('Any', id))).toBe(remedy);
});

test('an answer with several errors is as hopeless as its worst', () => {
  const answer = new ResponseError(2, 8, { '/a': [6, null], '/b': [29, null] }, {});
  expect(remedyOf(answer)).toBe('fail');
  expect(remedyOf(new ResponseError(2, 8, { '/a': [6, null] }, {}))).toBe('refresh');
});

test('a lost connection is made again, an error of our own is not', () => {
  expect(remedyOf(new NetworkError('Connection closed'))).toBe('reconnect');
  expect(remedyOf(failure('LOG_CLOSED', { path: 'x' }))).toBe('fail');
  expect(remedyOf(new TypeError('a bug'))).toBe('fail');
});

test('a wrong password or certificate is no lost connection', async () => {
  const wrong = new NetworkError('Connection failed', {
    cause: new AuthenticationError('SASL authentication failed.'),
  });
  expect(remedyOf(wrong)).toBe('fail');
  const certificate = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect(remedyOf(new NetworkError('Connection failed', { cause: certificate }))).toBe('fail');
  const told = await retrying(() => Promise.reject(wrong), { what: 'connect', timeoutMs: 5000 }).catch((e) => e);
  expect(isMillraceError(told, 'KAFKA_REFUSED')).toBe(true);
  expect(told.message).toContain('SASL authentication failed');
});

test('a call is repeated until it succeeds, with the remedy in between', async () => {
  const errors = ['NOT_COORDINATOR', 'COORDINATOR_LOAD_IN_PROGRESS'].map((id) => new BrokerError('Any', id));
  const remedies: Remedy[] = [];
  const call = async (): Promise<string> => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    return 'done';
  };
  const remedy = (kind: Remedy): void => void remedies.push(kind);
  expect(await retrying(call, { what: 'try', timeoutMs: 5000, remedy })).toBe('done');
  expect(remedies).toEqual(['coordinator', 'again']);
});

test('a call that never succeeds says what it was, and keeps the cause', async () => {
  const cause = new BrokerError('Any', 'NOT_COORDINATOR');
  const late = await retrying(() => Promise.reject(cause), { what: 'do it', timeoutMs: 30 }).catch((error) => error);
  expect(isMillraceError(late, 'KAFKA_TIMED_OUT')).toBe(true);
  expect(late.message).toContain('do it');
  expect(late.cause).toBe(cause);
  const refused = new BrokerError('Any', 'GROUP_AUTHORIZATION_FAILED', 'not you');
  const hopeless = await retrying(() => Promise.reject(refused), { what: 'do it', timeoutMs: 30 }).catch((e) => e);
  expect(isMillraceError(hopeless, 'KAFKA_REFUSED')).toBe(true);
  expect(hopeless.message).toContain('not you');
});
