import { expect, test } from 'vitest';
import { metadataOf, timeOf } from '../../../src/log/kafka/offset-metadata.ts';

/** As Kafka Streams 4.3.1 writes them: without and with times of its processors. */
const OF_KAFKA_STREAMS = [
  ['AgAAAAAAAAAA', 0],
  ['AgAAAAAAAABk', 100],
  ['AgAAAZrRY2e7', 1_764_449_544_123],
  ['AgAAAAAAAABkAAAAAQAAAARlbWl0AAAAAAAAAE0=', 100],
] as const;

test('what is written is read again; no time is no metadata', () => {
  for (const time of [0, 100, 1_764_449_544_123, Number.MAX_SAFE_INTEGER]) expect(timeOf(metadataOf(time))).toBe(time);
  expect([metadataOf(undefined), metadataOf(-1)]).toEqual(['', '']);
});

test('it is what every Kafka Streams reads', () => {
  expect(metadataOf(100)).toBe('AQAAAAAAAABk');
});

test('what Kafka Streams writes is read', () => {
  for (const [metadata, time] of OF_KAFKA_STREAMS) expect(timeOf(metadata)).toBe(time);
});

test.each([
  ['null', null],
  ['nothing', ''],
  ['a sentence', 'committed by a script'],
  ['bytes that are no base64', '�\u0000'],
  ['base64 with something in it', 'AQAA AAAAAABk'],
  ['a version to come', 'AwAAAAAAAABk'],
  ['less than a time', 'AQAAAAAA'],
  ['no time yet', 'Av//////////'],
  ['a time past all numbers', 'AX//////////'],
])('%s counts as no time', (_, metadata) => {
  expect(timeOf(metadata)).toBeUndefined();
});
